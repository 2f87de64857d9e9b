"""Points at which to look: random values for what is free, as the assumptions allow, readable ones among them.

All values are fractions of powers of two where that may be, so that comparisons at them are decided exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from random import Random

from ..language.expression import Expression, Name, Negative, Number, Quotient, Subscript
from .dag import Dag
from .expand import Array, box
from .givens import Assumption
from .ranges import Range
from .ties import Tie

Point = dict[int, Fraction]
FLIP = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
MAX_CASES = 64
REDRAWN = 30


@dataclass(frozen=True)
class Style:
    """How the values of one point are drawn: up to `scale`, and below 0 too where `signed`."""

    scale: Fraction
    signed: bool


STYLES = [
    Style(Fraction(1), False),
    Style(Fraction(3), True),
    Style(Fraction(3), False),
    Style(Fraction(1), True),
    Style(Fraction(10), True),
    Style(Fraction(1), False),
    Style(Fraction(1, 8), True),
    Style(Fraction(100), False),
    Style(Fraction(30), True),
    Style(Fraction(1000), True),
]


class Points:
    """All tensors that are free, with their ranges."""

    def __init__(
        self,
        dag: Dag,
        tensors: Mapping[str, Array],
        assumptions: Sequence[Assumption],
        constants: Sequence[Fraction] = (),
        places: Mapping[str, int] | None = None,
    ) -> None:
        """`tensors` hold symbols; `places`: those that choose among so many elements of an axis."""
        self.tensors = {
            name: whole for name, whole in tensors.items() if whole.items and dag.op[whole.items[0]] == "symbol"
        }
        self.ranges = {name: Range() for name in self.tensors}
        self.constants = tuple(constants)
        self.empty = False  # whether no value is left
        self.dag, self.ties = dag, tuple[Tie, ...]()
        for assumption in assumptions:
            self._assume(assumption)
        for name, count in (places or {}).items():
            if name in self.ranges:
                self.ranges[name].choose(Fraction(k) for k in range(count))
        for range_ in self.ranges.values():
            self.empty |= not range_.settle()

    def _assume(self, assumption: Assumption) -> None:
        if assumption.kind == "holds":
            assert assumption.holds is not None
            operands = assumption.holds.operands
            for left, sign, right in zip(operands, assumption.holds.operators, operands[1:], strict=False):
                self._narrow(left, sign, right)
                self._narrow(right, FLIP[sign], left)
            return
        range_ = self.ranges.get(assumption.name)
        if range_ is None:
            return
        match assumption.kind:
            case "values":
                range_.choose(assumption.values)
            case "open" | "closed":
                low, high = assumption.values
                range_.above(low, strictly=assumption.kind == "open")
                range_.below(high, strictly=assumption.kind == "open")
            case "integer":
                range_.integer = True
            case "one_hot" | "distribution":
                range_.row = assumption.kind

    def _narrow(self, left: Expression, sign: str, right: Expression) -> None:
        """`a > 0` and the like bound one tensor; what else is assumed is checked at each point."""
        base = left.base if isinstance(left, Subscript) and _everywhere(left) else left
        value = number(right)
        if value is None or not isinstance(base, Name) or base.name not in self.ranges:
            return
        if sign in ("<", "<="):
            self.ranges[base.name].below(value, strictly=sign == "<")
        elif sign in (">", ">="):
            self.ranges[base.name].above(value, strictly=sign == ">")

    def allow(self, point: Point) -> bool:
        """Whether a point keeps to every range, row and assumed equation; what else is assumed is a condition."""
        if self.empty:
            return False
        for name, whole in self.tensors.items():
            range_ = self.ranges[name]
            if range_.free:
                continue
            if not all(range_.holds(point[node]) for node in whole.items):
                return False
            if (
                range_.row
                and whole.shape
                and not all(range_.fits([point[node] for node in row]) for row in rows(whole))
            ):
                return False
        return all(tie.exact(self.dag, point) == point[tie.symbol] for tie in self.ties)

    @property
    def discrete(self) -> frozenset[int]:
        """The symbols that do not move freely."""
        return frozenset(
            node for name, whole in self.tensors.items() if self.ranges[name].discrete for node in whole.items
        )

    @property
    def fixed(self) -> frozenset[int]:
        """The symbols that no equation may be solved for: those that do not move freely, and all that are in rows."""
        rowed = [whole.items for name, whole in self.tensors.items() if self.ranges[name].row]
        return self.discrete.union(*rowed)

    def dependent(self) -> dict[int, tuple[int, ...]]:
        """The last entry of each row of a distribution, with the others, from which it follows."""
        found = {}
        for name, whole in self.tensors.items():
            if self.ranges[name].row == "distribution" and whole.shape:
                for row in rows(whole):
                    found[row[-1]] = row[:-1]
        return found

    def random(self, random: Random, turn: int) -> Point:
        """The point number `turn`. Where it has to be solved for, so many are drawn that one keeps to the ranges."""
        style = STYLES[turn % len(STYLES)]
        point = self._drawn(random, style)
        for _ in range(REDRAWN if self.ties else 0):
            if self.allow(point):
                break
            point = self._drawn(random, style)
        return point

    def _drawn(self, random: Random, style: Style) -> Point:
        point: Point = {}
        for name, whole in self.tensors.items():
            range_ = self.ranges[name]
            if range_.row and whole.shape:
                draw = ROWS[range_.row]
                for row in rows(whole):
                    point.update(zip(row, draw(random, len(row)), strict=True))
            else:
                point.update(zip(whole.items, self._draws(random, range_, style, len(whole.items)), strict=True))
        return self.tied(point)

    def tied(self, point: Point) -> Point:
        """The point with what follows from assumed equations put right."""
        for tie in self.ties:
            value = tie.exact(self.dag, point)
            if value is not None:
                point[tie.symbol] = value
        return point

    def _draws(self, random: Random, range_: Range, style: Style, count: int) -> list[Fraction]:
        low, high = range_.low, range_.high
        if range_.values:
            return random.choices(range_.values, k=count)
        if range_.integer:
            return [Fraction(random.randint(*range_.whole(int(style.scale), style.signed))) for _ in range(count)]
        found = random.choices(_values(low, high, style), k=count)
        for k in range(count if self.constants else 0):
            if random.random() < 0.1:
                near = random.choice(self.constants) + Fraction(random.randint(-8, 8), 64)
                if (low is None or low < near) and (high is None or near < high):
                    found[k] = near
        return found

    def cases(self) -> Iterator[Point] | None:
        """All combinations of what is 0 or 1, if there are not too many; None if nothing is."""
        groups: list[list[Point]] = []
        total = 1
        for name, whole in self.tensors.items():
            range_ = self.ranges[name]
            if range_.row == "one_hot" and whole.shape:
                groups += [
                    [
                        dict(zip(row, (Fraction(k == hot) for k in range(len(row))), strict=True))
                        for hot in range(len(row))
                    ]
                    for row in rows(whole)
                ]
            elif range_.values:
                groups += [[{node: value} for value in range_.values] for node in whole.items]
        for group in groups:
            total *= len(group)
            if total > MAX_CASES:
                return None
        if not groups:
            return None
        return ({node: value for part in case for node, value in part.items()} for case in product(*groups))


@lru_cache(maxsize=64)
def _values(low: Fraction | None, high: Fraction | None, style: Style) -> tuple[Fraction, ...]:
    """Fractions within the ends, or of the style's scale, that no accident is likely to prefer."""
    whole = high - low if low is not None and high is not None else style.scale
    parts = tuple(Fraction(odd, 1024) * whole for odd in range(1, 1024, 2))
    if low is not None:
        return tuple(low + part for part in parts)
    if high is not None:
        return tuple(high - part for part in parts)
    return (*parts, *(-part for part in parts)) if style.signed else parts


def rows(whole: Array) -> list[tuple[int, ...]]:
    """The runs along the last axis."""
    length = whole.shape[-1]
    return [whole.items[k : k + length] for k in range(0, len(whole.items), length)]


def one_hot(random: Random, length: int) -> list[Fraction]:
    hot = random.randrange(length)
    return [Fraction(k == hot) for k in range(length)]


def distribution(random: Random, length: int) -> list[Fraction]:
    """Shares of 1, all above 0."""
    cuts = sorted(random.sample(range(1, 1024), length - 1))
    return [Fraction(b - a, 1024) for a, b in zip([0, *cuts], [*cuts, 1024], strict=True)]


def _everywhere(read: Subscript) -> bool:
    """Whether `x[i, j]` speaks of every element: an index of its own at each place."""
    names = [place.name for place in read.subscripts if isinstance(place, Name)]
    return len(set(names)) == len(read.subscripts)


ROWS: dict[str, Callable[[Random, int], list[Fraction]]] = {"one_hot": one_hot, "distribution": distribution}


def number(e: Expression) -> Fraction | None:
    """The number that is written, with its sign and as a fraction too."""
    if isinstance(e, Number):
        return e.value
    if isinstance(e, Negative):
        value = number(e.operand)
        return None if value is None else -value
    if isinstance(e, Quotient):
        left, right = number(e.left), number(e.right)
        return left / right if left is not None and right else None
    return None


__all__ = ["Point", "Points", "Range", "box", "number", "rows"]
