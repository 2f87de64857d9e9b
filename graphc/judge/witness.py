"""The point that shows that two lines differ: small numbers, different sizes for different axes, both values.

It starts at a point of whole numbers where the lines differ, and makes each entry as simple as it goes while the
difference stays proved and the assumptions hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from random import Random
from time import monotonic
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import Expression
from .balls import Ball, Precision, ball, evaluate
from .bench import Bench
from .compare import BITS, Comparison
from .dag import TooMuch
from .dims import NoRoom
from .equal import Witness
from .expand import Array, box
from .givens import Givens
from .points import ROWS, Point, rows

SCHEMES = (((2, 3, 4, 5), 1_500), ((2,), 1_500))  # sizes, and so many elements at most
DECLARED = ((2, 3, 4, 5), 20_000)  # where the comparison was made at smaller sizes than those declared
SEARCHES = ((0, 1, 2, 3), (-3, 3), (0, 1, 2, 3), (-3, 3), (1, 1, 2), (-9, 9))
TURNS, SECONDS = 60, 1.0
PASSES = 2
MANY = 40  # entries that are made simple one by one


def witness_of(
    givens: Givens, before: Expression, after: Expression, context: Sequence[Expression], bench: Bench, end: float
) -> Witness | None:
    """The simplest point that is found; None where the lines differ in shape and have no values side by side."""
    end = min(end, monotonic() + SECONDS)
    schemes = SCHEMES if bench.givens.axes is givens.axes else (*SCHEMES, DECLARED)
    for scheme, terms in schemes:
        try:
            small = Bench(givens, (before, after), scheme, end - monotonic(), context, terms, roomy=False)
            found = Search(small, end).witness()
        except (GraphcError, NoRoom, TooMuch):
            continue
        if found is not None:
            return found
    try:
        return Search(bench, monotonic() + SECONDS).witness()
    except TooMuch:
        return None


class Search:
    """The search on one bench."""

    def __init__(self, bench: Bench, end: float) -> None:
        self.bench, self.dag, self.end = bench, bench.dag, end
        self.dag.deadline = None
        self.random = Random(2)
        before, after = bench.values
        self.same = before.shape == after.shape
        if not after.shape and before.shape:
            after, self.same = Array(before.shape, after.items * len(before.items)), True
        found = bench.differing(before, after) if self.same else []
        self.pairs = [(a, b) for _, a, b in found]
        self.places = [place for place, _, _ in found]
        self.comparison = Comparison(bench, self.pairs, self.random, end) if self.pairs else None

    def witness(self) -> Witness | None:
        if self.comparison is None:
            return None if self.same else self._shapes()
        found = self._first() or self._known()
        if found is None:
            return None
        point, pair = found
        point = self._simplified(point, pair)
        return self._shown(point, pair)

    def _first(self) -> tuple[Point, int] | None:
        """A point of whole numbers where the lines differ, or else any point."""
        for turn in range(TURNS):
            point = self._whole(turn) if turn < TURNS // 2 else self.bench.points.random(self.random, turn)
            pair = self.apart(point)
            if pair is not None:
                sure = self.comparison.proved_apart(point, pair)  # type: ignore[union-attr]
                if sure is not None:
                    return point, sure
            if monotonic() > self.end:
                break
        return None

    def _known(self) -> tuple[Point, int] | None:
        """Where the comparison found the lines apart."""
        point = self.bench.apart
        pair = None if point is None else self.comparison.proved_apart(point)  # type: ignore[union-attr]
        return None if point is None or pair is None else (dict(point), pair)

    def _whole(self, turn: int) -> Point:
        choice = SEARCHES[turn % len(SEARCHES)]
        point: Point = {}
        for name, whole in self.bench.points.tensors.items():
            range_ = self.bench.points.ranges[name]
            if range_.row and whole.shape:
                for row in rows(whole):
                    point.update(zip(row, _row(range_.row, len(row), self.random), strict=True))
                continue
            for node in whole.items:
                drawn = Fraction(self.random.randint(*choice) if len(choice) == 2 else self.random.choice(choice))
                point[node] = drawn if range_.holds(drawn) else self.random.choice(range_.readable() or (drawn,))
        return self.bench.points.tied(point)

    def apart(self, point: Point, pair: int | None = None) -> int | None:
        """The first pair that surely differs there, or whether this one does."""
        values = self._values(point)
        if values is None:
            return None
        for k in range(len(self.pairs)) if pair is None else (pair,):
            one, two = (values[node] for node in self.pairs[k])
            if one is not None and two is not None and not one.overlaps(two):
                return k
        return None

    def _values(self, point: Point) -> Mapping[int, Ball] | None:
        """What all nodes come to; None where the point is none that is assumed."""
        assert self.comparison is not None
        if not self.bench.points.allow(point):
            return None
        order = self.comparison.order
        with Precision(BITS):
            read = {node: ball(point[node]) for node in order if self.dag.op[node] == "symbol"}
            values = evaluate(self.dag, order, read)
            return values if self.bench.admits(values) else None

    def _simplified(self, point: Point, pair: int) -> Point:
        """Each entry as simple as it goes, the sure difference kept."""
        movable = self._movable()
        if len(movable) > MANY:
            point = self._cleared(point, pair, movable)
            movable = [node for node in movable if point[node]]
        for _ in range(PASSES):
            start, point = point, self._passed(point, pair, movable)
            if point == start:
                break
        return point

    def _passed(self, point: Point, pair: int, movable: Sequence[int]) -> Point:
        """Each entry once, what stands first in the order of names first."""
        points = self.bench.points
        simple_of: dict[int, Sequence[Fraction]] = {}
        for name, whole in points.tensors.items():
            simple_of.update(dict.fromkeys(whole.items, points.ranges[name].simple()))
        for node in movable:
            value, rest = point[node], any(v for other, v in point.items() if other != node)
            if monotonic() > self.end:
                break
            for simple in (*simple_of[node], *_rounded(value)):
                if simple == value:
                    break
                tried = points.tied({**point, node: simple})
                if (simple or rest) and self._stays_apart(tried, pair):
                    point = tried
                    break
        return point

    def _cleared(self, point: Point, pair: int, nodes: Sequence[int]) -> Point:
        """Zeros for as many entries at once as may be, in halves of halves."""
        blocks = [list(nodes)]
        while blocks and monotonic() < self.end:
            block = blocks.pop()
            tried = self.bench.points.tied({**point, **dict.fromkeys(block, Fraction(0))})
            if any(tried.values()) and self._stays_apart(tried, pair):
                point = tried
            elif len(block) > 1:
                middle = len(block) // 2
                blocks += [block[middle:], block[:middle]]
        return point

    def _stays_apart(self, point: Point, pair: int) -> bool:
        return self.apart(point, pair) is not None and self.comparison.proved_apart(point, pair) == pair  # type: ignore[union-attr]

    def _movable(self) -> list[int]:
        """The entries that follow from no others."""
        points = self.bench.points
        tied = {tie.symbol for tie in points.ties}
        rowless = [whole for name, whole in points.tensors.items() if not (points.ranges[name].row and whole.shape)]
        return [node for whole in rowless for node in whole.items if node not in tied]

    # what is shown

    def _shown(self, point: Point, pair: int) -> Witness | None:
        values = self._values(point)
        if values is None:
            return None
        place = self.places[pair]
        axes = self.bench.axes
        at: dict[str, Any] = {name: _nested(whole, lambda node: _number(point[node])) for name, whole in self._named()}
        at.update(self._sizes())
        at.update(zip((name.strip("[]") for name in axes), place, strict=False))
        if len(place) == len(axes):
            one, two = (_value(values[node]) for node in self.pairs[pair])
        else:
            one, two = (self._inner(line, place[: len(axes)], point) for line in (0, 1))
        return Witness(at, one, two)

    def _inner(self, line: int, place: tuple[int, ...], point: Point) -> Any:
        """The whole tensor of a line at one place of the free indices."""
        whole = self.bench.values[line]
        rank = len(place)
        shape = whole.shape[rank:]
        items = tuple(whole.at((*place, *rest)) for rest in box(shape)) if whole.shape else whole.items
        with Precision(BITS):
            order = self.dag.below(items)
            values = evaluate(self.dag, order, {node: ball(value) for node, value in point.items()})
        return _nested(Array(shape if whole.shape else (), items), lambda node: _value(values[node]))

    def _named(self) -> Iterator[tuple[str, Array]]:
        """The tensors that the two lines hang on."""
        below = set(self.dag.below([node for line in self.bench.values for node in line.items]))
        for name, whole in sorted(self.bench.points.tensors.items()):
            if below.intersection(whole.items):
                yield name, whole

    def _sizes(self) -> dict[str, int]:
        from .total import mentioned

        used = frozenset().union(*map(mentioned, self.bench.lines))
        dims = self.bench.shapes.sizes
        return {name: dims[name].size or 0 for name in sorted(dims) if name in used}

    def _shapes(self) -> Witness | None:
        """Lines of different shapes: both, at a point of whole numbers."""
        nodes = [node for line in self.bench.values for node in line.items]
        order = self.dag.below(nodes)
        for turn in range(TURNS):
            point = self._whole(turn)
            with Precision(BITS):
                values = evaluate(self.dag, order, {node: ball(value) for node, value in point.items()})
            if all(values[node] is not None for node in nodes) and any(point.values()):
                return self._both(point, values)
        return None

    def _both(self, point: Point, values: Mapping[int, Ball]) -> Witness:
        at = {name: _nested(whole, lambda node: _number(point[node])) for name, whole in self._named()}
        one, two = (_nested(line, lambda node: _value(values[node])) for line in self.bench.values)
        return Witness(at, one, two)


def _rounded(value: Fraction) -> list[Fraction]:
    """The value to a few digits."""
    return [Fraction(f"{float(value):.{digits}g}") for digits in range(1, 7)] if isfinite(float(value)) else []


def _row(kind: str, length: int, random: Random) -> list[Fraction]:
    if kind == "distribution":  # halves and quarters read best
        parts = [Fraction(1, 2 ** (k + 1)) for k in range(length - 1)]
        return [*parts, 1 - sum(parts, Fraction(0))]
    return ROWS[kind](random, length)


def _nested(whole: Array, of: Any) -> Any:
    """A number, or lists of them."""
    if not whole.shape:
        return of(whole.items[0])
    run = len(whole.items) // whole.shape[0]
    return [_nested(Array(whole.shape[1:], whole.items[k * run : (k + 1) * run]), of) for k in range(whole.shape[0])]


def _number(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


def _value(value: Ball) -> Any:
    """The value as a reader wants it: a whole number where it is one, else digits; none where it is not defined."""
    if value is None:
        return None
    if value.is_exact() and value.is_integer() and abs(value) < 10**15:
        return int(value.unique_fmpz())
    shown = float(value.mid())
    return shown if isfinite(shown) else value.str(6, radius=False)
