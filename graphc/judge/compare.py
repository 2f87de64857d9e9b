"""The comparison of pairs of scalars: in balls at points, then in finite fields, then with suspicion."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from time import monotonic

from flint import arb

from .balls import Ball, Precision, ball, evaluate
from .bench import Bench
from .dag import TooMuch
from .equal import APART_IN_FIELDS, Verdict
from .fields import SAMPLES, Fields
from .hidden import hidden
from .points import Point

BITS, MORE_BITS = 256, 4096
DIGITS = 50
PROOF_BITS, RADIUS = 2048, -1500  # inputs are balls of radius 2**RADIUS
ENOUGH, MANY, TURNS = 5, 24, 120
FEW = 2
HUGE = "the values are so large, or the difference so small, that numbers do not show it"


class Comparison:
    """Pairs of nodes that should be equal."""

    def __init__(self, bench: Bench, pairs: Sequence[tuple[int, int]], random: Random, end: float) -> None:
        self.bench, self.pairs, self.random, self.end = bench, list(pairs), random, end
        self.dag = bench.dag
        self.order = self.dag.below([*(node for pair in pairs for node in pair), *bench.asked])
        self.proof_end = end
        self.seen = [0] * len(self.pairs)
        self.sides = [False, False]  # whether each side was defined anywhere
        self.admitted = 0
        self.vague = False  # whether a pair overlaps and is not known to enough digits
        self.turn = 0
        self.cases: dict[tuple[int, Fraction], list[int]] = {}  # where the line before is defined, and where both are

    def verdict(self, quick: bool = False) -> Verdict:
        fields = Fields(self.bench, self.pairs, self.random, self.end)
        found = self.points(3 if quick else ENOUGH if fields.samples == 2 * SAMPLES else 2 * ENOUGH)
        if found is not None:
            return found
        proved = fields.proved()
        apart = "" if proved else fields.apart()
        if apart:
            return Verdict("false", APART_IN_FIELDS, note=f"{HUGE}: {apart}")
        if quick:
            return Verdict("true", "agreement")
        if not proved:
            self._left(fields)
            found = self._searched()
            if found is not None:
                return found
        nowhere = self._nowhere()
        if nowhere is not None:
            return nowhere
        if proved:
            return Verdict("true", "proved in finite fields")
        if min(self.seen) < ENOUGH and self.bench.points.tensors:
            return Verdict("undecided", "agreement", note="at too few points were both sides found to be defined")
        small = hidden(self)
        if small:
            return Verdict("undecided", "agreement", note=small)
        return Verdict("true", f"agrees to {DIGITS} digits at {min(self.seen)} random points")

    def _left(self, fields: Fields) -> None:
        """Go on with the pairs that the fields did not settle."""
        if len(fields.pairs) != len(self.pairs):
            self.seen = [min(self.seen)] * len(fields.pairs)
        self.pairs = fields.pairs
        self.order = self.dag.below([*(node for pair in self.pairs for node in pair), *self.bench.asked])

    def _searched(self) -> Verdict | None:
        """What more points, and those that were chosen with suspicion, say against it."""
        from .suspicion import suspicious  # needed by few

        found = self.points(MANY)
        return suspicious(self) if found is None else found

    def _nowhere(self) -> Verdict | None:
        """A line that is defined in no case in which the line before is, be it y = 1: there it says nothing."""
        for node, value in sorted(self.cases):
            before, both = self.cases[node, value]
            if before >= FEW and not both:
                case = f"{self.dag.args[node][0]} = {value}"
                return Verdict(
                    "undecided", "definition", note=f"where {case} the line before is defined, and this one not"
                )
        return None

    # in balls

    def points(self, wanted: int) -> Verdict | None:
        """Look at points until each pair was seen often enough; a verdict where they differ or cannot be seen."""
        last = self.turn + (0 if self.bench.points.empty else TURNS)
        fixed = not self.bench.points.tensors
        while min(self.seen) < wanted and self.turn < last:
            point = self.bench.points.random(self.random, self.turn)
            self.turn += 1
            if self.differ(point):
                return Verdict("false", "proved apart in balls")
            if fixed and self.turn > 2:
                break
            self._check_time()
        if min(self.seen) >= (1 if fixed or self.turn >= last else wanted):
            return None
        if fixed and not all(self.sides):
            return Verdict(
                "undecided", "definition", note=f"{self._undefined()} is not defined: a division by zero or the like"
            )
        if self.admitted == 0:
            return Verdict(
                "undecided",
                "assumptions",
                note="no point was found at which all assumptions hold; do they contradict each other?",
            )
        if not all(self.sides):
            return Verdict(
                "undecided", "definition", note=f"{self._undefined()} is defined at none of the points that were tried"
            )
        if min(self.seen) == 0:
            return Verdict("undecided", "definition", note="no point was found at which both sides are defined")
        return None

    def _undefined(self) -> str:
        return "the line before" if not self.sides[0] else "this line"

    def differ(self, point: Point) -> bool:
        """Whether a pair is surely apart at a point and round it."""
        if not self.bench.points.allow(point):
            return False
        with Precision(BITS):
            values = evaluate(self.dag, self.order, {node: ball(value) for node, value in point.items()})
            if not self.bench.admits(values):
                return False
            self.admitted += 1
            apart = self._apart(values, count=True)
            self._count(values, point)
        if apart is None and self.vague:
            with Precision(MORE_BITS):
                values = evaluate(self.dag, self.order, {node: ball(value) for node, value in point.items()})
                apart = self._apart(values, count=True)
        sure = None if apart is None else self.proved_apart(point, apart)
        if sure is not None:
            self.bench.apart = point
        return sure is not None

    def _count(self, values: dict[int, Ball], point: Point) -> None:
        """In which cases of what is 0 or 1 the sides are defined."""
        discrete = self.bench.points.discrete
        if not discrete:
            return
        before = all(values[a] is not None for a, _ in self.pairs)
        both = before and all(values[b] is not None for _, b in self.pairs)
        for node in discrete:
            counts = self.cases.setdefault((node, point[node]), [0, 0])
            counts[0] += before
            counts[1] += both

    def _apart(self, values: dict[int, Ball], count: bool = False) -> int | None:
        """The first pair that does not overlap; the others count as seen if they agree to enough digits."""
        apart, self.vague = None, False
        for k, (a, b) in enumerate(self.pairs):
            one, two = values[a], values[b]
            if count:
                self.sides[0] |= one is not None
                self.sides[1] |= two is not None
            if one is None or two is None:
                continue
            if not one.overlaps(two):
                apart = k if apart is None else apart
            elif count and close(one, two):
                self.seen[k] += 1
            else:
                self.vague = True
        return apart

    def proved_apart(self, point: Point, first: int = 0, bits: int = PROOF_BITS, shift: int = RADIUS) -> int | None:
        """The pair that is apart for all inputs in balls of radius 2**shift round the point."""
        if not self.bench.points.allow(point):
            return None
        with Precision(bits):
            radius = arb(0, arb(2) ** shift)
            discrete, dependent = self.bench.points.discrete, self.bench.points.dependent()
            inputs = {
                node: ball(value) if node in discrete else ball(value) + radius
                for node, value in point.items()
                if node not in dependent
            }
            for node, others in dependent.items():
                inputs[node] = 1 - sum((inputs[other] for other in others), arb(0))
            for tie in self.bench.points.ties:
                inputs[tie.symbol] = tie.ball(self.dag, inputs)
            values = evaluate(self.dag, self.order, inputs)
            if not self.bench.admits(values):
                return None
            places = [first, *(k for k in range(len(self.pairs)) if k != first)]
            for k in places:
                one, two = (values[node] for node in self.pairs[k])
                if one is not None and two is not None and not one.overlaps(two):
                    return k
        return None

    def _check_time(self) -> None:
        if monotonic() > self.end:
            raise TooMuch("it takes too long")


def close(one: Ball, two: Ball) -> bool:
    """Whether two values that overlap are known to agree to `DIGITS` digits."""
    difference = abs(one - two).upper()
    if difference == 0:
        return True
    size = abs(one).upper()
    return bool(difference < (size if size > 1 else 1) * arb(10) ** -DIGITS)
