"""Equal at random points and not proved: where could two expressions differ that random points miss?

In digits beyond those that were compared; in a sliver between two comparisons; behind a comparison that always came
out the same way. What is still equal is true where nothing jumps or bends, and undecided where something does.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from time import monotonic
from typing import TYPE_CHECKING

from .balls import Precision, ball, evaluate
from .equal import Verdict
from .points import Point

if TYPE_CHECKING:
    from .compare import Comparison

BITS, FINE_BITS, FINE_RADIUS = 256, 20_000, -18_000
LARGE = 600  # operations: beyond them the digits cost too much
SEGMENTS, PARTS, HALVINGS = 8, 16, 60
CLIMBS, STEPS = 4, 60
SECONDS = 1.2
NEAR = Fraction(1, 2**40)


def suspicious(comparison: Comparison) -> Verdict | None:
    """A verdict, or None where nothing speaks against agreement."""
    end = min(comparison.end, monotonic() + SECONDS)
    gap = _finer(comparison, end)
    if gap:
        return Verdict("false", "proved apart in balls, far behind the point", note=f"they differ by about {gap}")
    arguments = comparison.bench.turns(comparison.pairs)
    if not arguments:
        return None
    for point in _beyond(comparison, arguments, end):
        if comparison.differ(point):
            return Verdict("false", "proved apart in balls, on a narrow stretch")
    note = "it agrees wherever it was looked at, but it is pieced together, and a narrow stretch might have been missed"
    return Verdict("undecided", "agreement", note=note)


def _finer(comparison: Comparison, end: float) -> str:
    """How much two sides differ somewhere, far behind the digits that were compared; nothing if they do not."""
    if len(comparison.order) > LARGE:
        return ""
    dag = comparison.dag
    differences = [dag.difference(a, b) for a, b in comparison.pairs]
    order = dag.below([*differences, *comparison.bench.asked])
    for turn in (0, 3):
        if monotonic() > end:
            return ""
        point = comparison.bench.points.random(comparison.random, turn)
        with Precision(BITS):
            values = evaluate(dag, order, {node: ball(value) for node, value in point.items()})
            if comparison.bench.admits(values):
                gaps = [values[d] for d in differences if values[d] is not None and values[d] != 0]
                if gaps:
                    return str(gaps[0].str(3, radius=False))
        if comparison.proved_apart(point, 0, FINE_BITS, FINE_RADIUS) is not None:
            return "less than can be shown"
    return ""


def _beyond(comparison: Comparison, arguments: list[tuple[int, int | None]], end: float) -> Iterator[Point]:
    """Points between the places where comparisons turn, and behind those that did not."""
    seen: dict[tuple[int, int | None], set[bool]] = {argument: set() for argument in arguments}
    points = comparison.bench.points
    for turn in range(SEGMENTS):
        start, stop = points.random(comparison.random, turn), points.random(comparison.random, 9 if turn % 2 else turn)
        segment = _Segment(comparison, arguments, start, stop)
        for point in segment.between(seen, end):
            if monotonic() > end:
                return
            yield point
    for argument, signs in seen.items():
        if len(signs) == 1:
            for point in _climbed(comparison, argument, next(iter(signs)), end):
                yield point


class _Segment:
    """From one point to another; what is discrete stays as it is at the start."""

    def __init__(
        self, comparison: Comparison, arguments: list[tuple[int, int | None]], start: Point, stop: Point
    ) -> None:
        self.comparison, self.arguments, self.start = comparison, arguments, start
        fixed = comparison.bench.points.discrete | _rows(comparison)
        self.way = {node: Fraction(0) if node in fixed else stop[node] - value for node, value in start.items()}

    def at(self, part: Fraction) -> Point:
        return {node: value + part * self.way[node] for node, value in self.start.items()}

    def between(self, seen: dict[tuple[int, int | None], set[bool]], end: float) -> Iterator[Point]:
        marks = [Fraction(k, PARTS) for k in range(PARTS + 1)]
        signs = [_signs(self.comparison, self.arguments, self.at(mark)) for mark in marks]
        cuts = {Fraction(0), Fraction(1)}
        for place, argument in enumerate(self.arguments):
            seen[argument].update(sign[place] for sign in signs if sign[place] is not None)  # type: ignore[misc]
            if monotonic() > end:
                return
            for k in range(PARTS):
                low, high = signs[k][place], signs[k + 1][place]
                if low is not None and high is not None and low != high:
                    cuts.add(self._turn(argument, marks[k], marks[k + 1], low))
        ends = sorted(cuts)
        for left, right in pairwise(ends):
            yield self.at((left + right) / 2)
            yield self.at(left + NEAR)
            yield self.at(right - NEAR)

    def _turn(self, argument: tuple[int, int | None], low: Fraction, high: Fraction, sign: bool) -> Fraction:
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            (there,) = _signs(self.comparison, [argument], self.at(middle))
            if there is None:
                return middle
            low, high = (middle, high) if there == sign else (low, middle)
        return low


def _rows(comparison: Comparison) -> frozenset[int]:
    points = comparison.bench.points
    return frozenset(node for name, whole in points.tensors.items() if points.ranges[name].row for node in whole.items)


def _signs(comparison: Comparison, arguments: list[tuple[int, int | None]], point: Point) -> list[bool | None]:
    """Whether each difference is above 0; None where that is not sure."""
    values = _values(comparison, arguments, point)
    return [None if value is None else True if value > 0 else False if value < 0 else None for value in values]


def _values(comparison: Comparison, arguments: list[tuple[int, int | None]], point: Point) -> list:
    dag = comparison.dag
    order = dag.below([node for pair in arguments for node in pair if node is not None])
    with Precision(96):
        values = evaluate(dag, order, {node: ball(value) for node, value in point.items()})
        found = []
        for left, right in arguments:
            one, two = values[left], 0 if right is None else values[right]
            found.append(None if one is None or two is None else one - two)
        return found


def _climbed(comparison: Comparison, argument: tuple[int, int | None], above: bool, end: float) -> Iterator[Point]:
    """Points where a comparison that always came out one way comes out the other way, if climbing finds any."""
    points, random = comparison.bench.points, comparison.random
    fixed = points.discrete | _rows(comparison)
    for turn in range(CLIMBS):
        here = points.random(random, turn + 1)
        free = [node for node in here if node not in fixed]
        best = _height(comparison, argument, here, above)
        step = Fraction(1)
        for _ in range(STEPS):
            if monotonic() > end or not free or best is None:
                break
            node = random.choice(free)
            tries = [{**here, node: here[node] + sign * step} for sign in (1, -1)]
            heights = [(_height(comparison, argument, tried, above), tried) for tried in tries]
            better = [(height, tried) for height, tried in heights if height is not None and height > best]
            if better:
                best, here = max(better, key=lambda pair: float(pair[0].mid()))
            else:
                step /= 2
            if best > 0:
                yield here
                break


def _height(comparison: Comparison, argument: tuple[int, int | None], point: Point, above: bool):
    (value,) = _values(comparison, [argument], point)
    return None if value is None else -value if above else value
