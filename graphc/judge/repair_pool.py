"""Parts that a line may lack: what the givens and the lines before speak of, and what is often made of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations, islice, permutations, product

from ..language.expression import (
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Subscript,
    Sum,
)
from .repair_tree import renamed, sites
from .total import mentioned, parts

ONE, TWO, ZERO = (Number(Fraction(value)) for value in (1, 2, 0))
MANY = 160
MOST = 400  # parts of the texts that are looked at
LONG = 14  # nodes of a part


class Pool:
    """Parts by the indices that may be read where they are to stand; the shortest first."""

    def __init__(
        self,
        texts: Iterable[Expression],
        names: dict[str, int],
        edges: Iterable[tuple[str, str]],
        indices: frozenset[str],
        whole: bool,
    ) -> None:
        """`edges` are pairs of tensors one of which is made of the other; `indices` are all names of indices;
        `whole` says whether tensors are written without subscripts."""
        self.whole = whole
        self.names, self.edges, self.indices = names, tuple(edges), indices
        self.parts = list(dict.fromkeys(part for text in texts for part in islice(_parts(text), MOST)))[:MOST]
        self._known: dict[tuple[str, ...], tuple[Expression, ...]] = {}

    def __call__(self, scope: tuple[str, ...]) -> tuple[Expression, ...]:
        found = self._known.get(scope)
        if found is None:
            unique = dict.fromkeys(self._all(scope))
            found = self._known[scope] = tuple(unique)[:MANY]
        return found

    def _all(self, scope: tuple[str, ...]) -> Iterator[Expression]:
        atoms = list(dict.fromkeys(islice(self._atoms(scope), MANY)))
        yield from atoms
        for one, two in self.edges:
            yield Quotient(Name("d" + one), Name("d" + two))
        for one, two in combinations(scope, 2):
            yield Call("where", (Compare((Name(one), Name(two)), ("==",)), ONE, ZERO))
        own = [part for part in self.parts if part not in atoms and not isinstance(part, (Number, Compare))]
        for part in sorted(own, key=lambda part: len(parts(part))):
            yield from self._placed(part, scope)
        for atom in atoms:
            yield Sum((ONE, Negative(atom)))
            yield Product((atom, Sum((ONE, Negative(atom)))))
            yield Sum((ONE, Negative(Power(atom, TWO))))
            yield Power(atom, TWO)
            yield Call("sign", (atom,))
            yield Call("abs", (atom,))
            yield Call("where", (Compare((atom, ZERO), (">",)), ONE, ZERO))
        for part in own:
            if isinstance(part, Call) and part.function in ("relu", "max"):
                for argument in part.arguments:
                    yield from self._placed(Call("where", (Compare((argument, ZERO), (">",)), ONE, ZERO)), scope)
        for number in (part for part in self.parts if isinstance(part, Number) and part.value > 1):
            yield Call("log", (number,))

    def _atoms(self, scope: tuple[str, ...]) -> Iterator[Expression]:
        for name, rank in self.names.items():
            if not rank or self.whole:
                yield Name(name)
            elif rank <= 3:
                yield from (Subscript(Name(name), tuple(map(Name, places))) for places in product(scope, repeat=rank))

    def _placed(self, part: Expression, scope: tuple[str, ...]) -> Iterator[Expression]:
        """The part where it can stand: its indices are those of the place, or are renamed to them."""
        free = [name for name in sorted(_free(part)) if name in self.indices]
        outside = [name for name in free if name not in scope]
        if len(outside) > 2:
            return
        for others in permutations(scope, len(outside)):
            yield renamed(part, dict(zip(outside, others, strict=True))) if outside else part


def _parts(text: Expression) -> Iterator[Expression]:
    for site in sites(text, ()):
        if site.part is not text and len(parts(site.part)) <= LONG:
            yield site.part


def _free(part: Expression) -> frozenset[str]:
    bound = {b.name for p in parts(part) if isinstance(p, Reduce) for b in p.indices}
    return mentioned(part) - bound
