"""Is an answer defined wherever the question is? Equal is said of where both are, and much could be left out so."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from time import monotonic

from ..language.expression import Expression
from .balls import Precision, ball, evaluate
from .bench import Bench, deep
from .dag import TooMuch
from .dims import Misfit
from .equal import SCHEMES, first_fitting
from .givens import Givens
from .points import Point

TURNS, SECONDS = 24, 1.5
BITS = 512
MODERATE = 8  # beyond it a number may be too small or too large to be told from 0
NEAR = Fraction(1, 2**20)  # an isolated point is left by a step of this size


def leaves_out(before: Expression, after: Expression, givens: Givens) -> bool:
    """Whether `after` has no value on some stretch on which `before` has one."""
    end = monotonic() + SECONDS
    with deep():
        try:
            bench = first_fitting(SCHEMES, givens, (before, after), end, ())
            looking = _Looking(bench)
            return any(looking.at(turn) for turn in range(TURNS) if monotonic() < end)
        except (TooMuch, Misfit):
            return False


class _Looking:
    def __init__(self, bench: Bench) -> None:
        self.bench, self.random = bench, Random(2)
        one, two = bench.values
        after = two.items * (len(one.items) if len(two.items) == 1 else 1)
        self.pairs = list(zip(one.items, after, strict=False))
        self.order = bench.dag.below([*one.items, *after, *bench.asked])

    def at(self, turn: int) -> bool:
        point = self.bench.points.random(self.random, turn)
        if any(abs(value) > MODERATE for value in point.values()) or not self.bench.points.allow(point):
            return False
        lost = self._lost(point)
        return bool(lost) and all(lost & self._lost(self._beside(point)) for _ in range(3))

    def _beside(self, point: Point) -> Point:
        fixed = self.bench.points.discrete
        moved = {node: value + NEAR * self.random.randint(1, 99) for node, value in point.items() if node not in fixed}
        return self.bench.points.tied({**point, **moved})

    def _lost(self, point: Point) -> set[int]:
        """The places at which the one side has a value and the other has none."""
        with Precision(BITS):
            values = evaluate(self.bench.dag, self.order, {node: ball(value) for node, value in point.items()})
            if not self.bench.admits(values):
                return set()
            return {k for k, (a, b) in enumerate(self.pairs) if values[a] is not None and values[b] is None}
