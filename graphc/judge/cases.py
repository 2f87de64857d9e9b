"""A proof case by case: each comparison, sign, absolute value and maximum is settled both ways, wherever that can be.

With all of them settled an expression bends nowhere, and the finite fields can judge it. A case is left out only where
its inequalities contradict each other, as linear ones in whatever is not linear: so every point that there is lies in
a case that was looked at, but for those on borders.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from time import monotonic

from .bounds import Bounds, bounds
from .dag import PIECEWISE, Dag
from .points import Points

MAX_SPLITS = 1_000
SECONDS = 0.8
MAX_INEQUALITIES = 60

Linear = dict[int, Fraction]  # by node; the number stands at the node of 1
Leaf = Callable[[list[tuple[int, int]], Mapping[int, int]], bool]  # pairs, and the signs of symbols


class Cases:
    """Pairs of nodes, and a judge for those that bend nowhere."""

    def __init__(self, dag: Dag, points: Points, conditions: Sequence[int], leaf: Leaf) -> None:
        self.dag, self.points, self.leaf = dag, points, leaf
        self.left, self.end = MAX_SPLITS, monotonic() + SECONDS
        self.known: dict[int, Bounds] = {}
        self.assumed = [linear for node in conditions for linear in self._assumed(node)]

    def proved(self, pairs: Sequence[tuple[int, int]]) -> bool:
        roots = [node for pair in pairs for node in pair]
        order = self.dag.below(roots)
        self.known = bounds(self.dag, order, self.points)
        alike: set[tuple[Hashable, ...]] = set()
        for pair in pairs:
            form = pair if self.assumed or self.points.dependent() else self._form(pair)
            if form not in alike and not self._split([pair], []):
                return False
            alike.add(form)
        return True

    def _form(self, pair: tuple[int, int]) -> tuple[Hashable, ...]:
        """The same for pairs that differ only in which elements of the same tensors they speak of."""
        dag = self.dag
        number: dict[int, Hashable] = {}
        rows: list[Hashable] = []
        for node in dag.below(pair):
            op, args = dag.op[node], dag.args[node]
            if op == "symbol":
                rows.append((op, args[0]))
            elif op in ("number", "pi"):
                rows.append((op, args))
            else:
                parts = tuple(number[part] for part in dag.children(node))
                rows.append((op, parts, args[1] if op == "power" else None))
            number[node] = len(rows)
        return (tuple(rows), number[pair[0]], number[pair[1]])

    def _assumed(self, node: int) -> list[Linear]:
        op, args = self.dag.op[node], self.dag.args[node]
        if op in ("gt", "ge", "lt", "le"):
            one, two = args if op in ("gt", "ge") else args[::-1]
            return [minus(self.dag.linear(one), self.dag.linear(two))]
        return [linear for part in args for linear in self._assumed(part)] if op == "mul" else []

    def _split(self, pairs: list[tuple[int, int]], said: list[Linear]) -> bool:
        self.left -= 1
        if self.left < 0 or monotonic() > self.end:
            return False
        pairs = [(a, b) for a, b in pairs if a != b and self.dag.linear(a) != self.dag.linear(b)]
        if not pairs:
            return True
        argument = self._open(pairs)
        if argument is None:
            return self.leaf(pairs, self._signs(said))
        one, two = argument
        difference = self.dag.linear(one) if two is None else minus(self.dag.linear(one), self.dag.linear(two))
        for above in (True, False):
            more = [*said, difference if above else {k: -v for k, v in difference.items()}]
            if self._possible(more) and not self._split(self._settled(pairs, argument, above), more):
                return False
        return True

    def _open(self, pairs: Sequence[tuple[int, int]]) -> tuple[int, int | None] | None:
        """The first difference whose sign decides something."""
        dag = self.dag
        for node in dag.below([node for pair in pairs for node in pair]):
            op, args = dag.op[node], dag.args[node]
            if op in ("abs", "sign", "step"):
                return args[0], None
            if op in PIECEWISE and op != "where":
                return args[0], args[1]
        return None

    def _settled(
        self, pairs: Sequence[tuple[int, int]], argument: tuple[int, int | None], above: bool
    ) -> list[tuple[int, int]]:
        """The pairs with everything settled that hangs on this one sign."""
        dag = self.dag
        new: dict[int, int] = {}
        for node in dag.below([node for pair in pairs for node in pair]):
            op, args = dag.op[node], dag.args[node]
            if op in ("symbol", "number", "pi"):
                new[node] = node
            elif op == "power":
                new[node] = dag.power(new[args[0]], args[1])
            elif op == "ref":
                new[node] = new[args[0]]
            else:
                new[node] = self._outcome(op, tuple(new[part] for part in args), argument, above)
        return [(new[a], new[b]) for a, b in pairs]

    def _outcome(self, op: str, parts: tuple[int, ...], argument: tuple[int, int | None], above: bool) -> int:
        dag = self.dag
        if op == "add":
            return dag.add(parts)
        if op == "mul":
            return dag.mul(parts)
        if op == "where" and (condition := dag.value(parts[0])) is not None:
            return parts[1] if condition else parts[2]
        if op in ("max", "min"):
            if parts[:2] == argument or parts[1::-1] == argument:
                first = parts[0] if parts[:2] == argument else parts[1]
                second = parts[1] if first == parts[0] else parts[0]
                rest = (first if above == (op == "max") else second, *parts[2:])
                return rest[0] if len(rest) == 1 else dag.node(op, rest)
        elif op in ("abs", "sign", "step") and argument == (parts[0], None):
            return self._signed(op, parts[0], above)
        elif op in OUTCOMES and (parts == argument or parts[::-1] == argument):
            return dag.number(Fraction(OUTCOMES[op][above == (parts == argument)]))
        return dag.node(op, parts)

    def _signed(self, op: str, part: int, above: bool) -> int:
        if op == "abs":
            return part if above else self.dag.negative(part)
        return self.dag.number(Fraction(1 if above else -1 if op == "sign" else 0))

    # inequalities

    def _possible(self, said: Sequence[Linear]) -> bool:
        """Whether some values make all differences positive, as far as is seen."""
        rows = [*said, *self.assumed]
        return self._consistent(rows) and all(self._factored(row, rows) for row in said)

    def _consistent(self, rows: Sequence[Linear]) -> bool:
        """Whether linear forms can be positive all at once, within the bounds of what they are made of."""
        rows = list(rows)
        for atom in {part for row in rows for part in row if part != self.dag.one}:
            inside = self.known.get(atom)
            if inside is not None and inside.low is not None:
                rows.append(_short({atom: Fraction(1), self.dag.one: -inside.low}))
            if inside is not None and inside.high is not None:
                rows.append(_short({atom: Fraction(-1), self.dag.one: inside.high}))
        return consistent(rows, self.dag.one)

    def _factored(self, row: Linear, rows: Sequence[Linear]) -> bool:
        """Whether a product z·(α − 1) can be positive: with both factors above 0, or both below."""
        shared = set.intersection(*(self._factors(atom) for atom in row)) if self.dag.one not in row else set()
        for factor in shared:
            rest: Linear = {}
            for atom, times in row.items():
                other = self._without(atom, factor)
                rest[other] = rest.get(other, Fraction(0)) + times
            above = [{factor: Fraction(1)}, rest]
            below = [{part: -times for part, times in half.items()} for half in above]
            if not any(self._consistent([*rows, *both]) for both in (above, below)):
                return False
        return True

    def _factors(self, atom: int) -> set[int]:
        return set(self.dag.args[atom]) if self.dag.op[atom] == "mul" else {atom}

    def _without(self, atom: int, factor: int) -> int:
        if atom == factor:
            return self.dag.one
        left = list(self.dag.args[atom])
        left.remove(factor)
        return self.dag.mul(left)

    def _signs(self, said: Sequence[Linear]) -> dict[int, int]:
        """Symbols whose sign a case says."""
        found = {}
        for row in said:
            if len(row) == 1:
                ((atom, factor),) = row.items()
                if atom != self.dag.one and self.dag.op[atom] == "symbol":
                    found[atom] = 1 if factor > 0 else -1
        return found


def minus(one: Linear, two: Linear) -> Linear:
    return _short({part: one.get(part, Fraction(0)) - two.get(part, Fraction(0)) for part in {**one, **two}})


def _short(row: Linear) -> Linear:
    return {part: factor for part, factor in row.items() if factor}


def consistent(rows: Sequence[Linear], unit: int) -> bool:
    """Whether linear forms can be positive all at once: one unknown after the other is taken out of them."""
    left = list(rows)
    while True:
        if any(set(row) <= {unit} and row.get(unit, Fraction(0)) <= 0 for row in left):
            return False
        unknown = next((part for row in left for part in row if part != unit), None)
        if unknown is None or len(left) > MAX_INEQUALITIES:
            return True
        up = [row for row in left if row.get(unknown, 0) > 0]
        down = [row for row in left if row.get(unknown, 0) < 0]
        left = [row for row in left if unknown not in row]
        left += [_cancelled(a, b, unknown) for a in up for b in down]


def _cancelled(up: Linear, down: Linear, unknown: int) -> Linear:
    a, b = -down[unknown], up[unknown]
    return _short({k: a * up.get(k, Fraction(0)) + b * down.get(k, Fraction(0)) for k in {**up, **down}})


# the outcome of `left op right` where left is below, and where it is above
OUTCOMES: dict[str, tuple[int, int]] = {
    "gt": (0, 1),
    "ge": (0, 1),
    "lt": (1, 0),
    "le": (1, 0),
    "eq": (0, 0),
    "ne": (1, 1),
}
