"""Places in a written expression, and the expression with another part in such a place."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..language.expression import (
    Bound,
    Call,
    Expression,
    MatMul,
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
from .total import rebuilt

Path = tuple[int, ...]


@dataclass(frozen=True)
class Site:
    """A part that stands for a value, the way down to it, and the indices that may be read there."""

    part: Expression
    path: Path
    scope: tuple[str, ...]
    above: Expression | None

    @property
    def whole(self) -> bool:
        """Whether a sign or a number before it is one before a whole term, argument or body."""
        return not isinstance(self.above, (Product, Negative)) and not self._under()

    def _under(self) -> bool:
        return isinstance(self.above, (Quotient, MatMul)) or (isinstance(self.above, Power) and self.path[-1] == 0)


@dataclass(frozen=True)
class Words:
    """What may be written in a line beside what is there."""

    ranks: dict[str, int]  # of tensors
    sizes: tuple[str, ...]
    indices: tuple[str, ...]  # the free indices of all lines
    lengths: tuple[tuple[str, int], ...] = ()  # of the sizes, as candidates are evaluated
    functions: tuple[str, ...] = ()  # of one argument, that the lines and givens speak of


Found = Iterator[tuple[Expression | None, str]]
ONE, TWO = Number(Fraction(1)), Number(Fraction(2))


def sites(root: Expression, scope: tuple[str, ...]) -> Iterator[Site]:
    """All places of values, outermost first; what stands in `[…]` is none."""
    work = deque([Site(root, (), scope, None)])
    while work:
        site = work.popleft()
        yield site
        part, inner = site.part, site.scope
        first, stop = 0, len(part.children)
        if isinstance(part, Reduce):
            first = len(part.indices)
            inner = (*site.scope, *(bound.name for bound in part.indices if bound.name not in site.scope))
        elif isinstance(part, Subscript):
            stop = 0 if isinstance(part.base, Name) else 1
        elif isinstance(part, Call):
            stop = len(part.arguments)
        for place in range(first, stop):
            work.append(Site(part.children[place], (*site.path, place), inner, part))


def put(root: Expression, path: Path, new: Expression | None) -> Expression | None:
    """The expression with `new` at a place, or without what stands there. None if nothing is left."""
    if not path:
        return new
    place, *rest = path
    child = put(root.children[place], tuple(rest), new)
    children = list(root.children)
    if isinstance(root, (Sum, Product)):
        opens = type(child) is type(root) and type(root.children[place]) is not type(root)
        kept = [] if child is None else list(child.children) if opens else [child]
        if isinstance(root, Sum) and place:
            kept = [_taken(one) for one in kept]
        return joined(type(root), [*children[:place], *kept, *children[place + 1 :]])
    if child is None:
        return None
    if isinstance(root, Negative) and (inner := _unsigned(child)) is not None:
        return inner
    children[place] = child
    return rebuilt(root, tuple(children))


def _taken(term: Expression) -> Expression:
    """A later term of a sum with its sign in front of the whole: `a - b*c`."""
    inner = _unsigned(term)
    return term if inner is None else Negative(inner)


def _unsigned(part: Expression) -> Expression | None:
    """What a part is without the minus that it begins with; None where it begins with none."""
    if isinstance(part, Negative):
        return part.operand
    if isinstance(part, (Product, Quotient, MatMul)):
        first = _unsigned(part.children[0])
        return None if first is None else rebuilt(part, (first, *part.children[1:]))
    return None


def joined(kind: type[Sum] | type[Product], parts: list[Expression]) -> Expression | None:
    """A sum or product of any number of parts; nothing is a sum in a sum's first place."""
    if parts and type(parts[0]) is kind:
        parts = [*parts[0].children, *parts[1:]]
    if len(parts) > 1:
        return kind(tuple(parts))
    return parts[0] if parts else None


def negated(part: Expression) -> Expression:
    """−part, as one would write it."""
    inner = _unsigned(part)
    if inner is not None:
        return inner
    if isinstance(part, (Product, Quotient)):
        return rebuilt(part, (negated(part.children[0]), *part.children[1:]))
    if isinstance(part, Number) and part.value < 0:
        return Number(-part.value)
    return Negative(part)


def times(left: Expression, right: Expression) -> Expression:
    """left·right, flat."""
    factors = [f for side in (left, right) for f in (side.factors if isinstance(side, Product) else (side,))]
    return Product(tuple(factors))


def plus(left: Expression, right: Expression) -> Expression:
    """left + right, flat."""
    first, *others = [t for side in (left, right) for t in (side.terms if isinstance(side, Sum) else (side,))]
    return Sum((first, *map(_taken, others)))


def renamed(part: Expression, names: dict[str, str]) -> Expression:
    """Indices by other names, within `[…]` and where they stand as numbers; none that is bound inside."""
    if isinstance(part, Name):
        return Name(names[part.name]) if part.name in names else part
    if isinstance(part, Bound):
        return part
    if isinstance(part, Reduce):
        names = {old: new for old, new in names.items() if all(old != bound.name for bound in part.indices)}
    if not names or not part.children:
        return part
    return rebuilt(part, tuple(renamed(child, names) for child in part.children))


def mapped(part: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Every part changed, the inner ones first."""
    return change(rebuilt(part, tuple(mapped(child, change) for child in part.children)))


def exchanged(part: Expression, one: str, two: str) -> Expression:
    """Two tensors, each in the other's place."""
    if isinstance(part, Name):
        return Name(two if part.name == one else one) if part.name in (one, two) else part
    if not part.children:
        return part
    return rebuilt(part, tuple(exchanged(child, one, two) for child in part.children))
