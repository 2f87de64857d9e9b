"""Whether two expressions are the same number, found out by numbers alone: at small sizes, at random places and points.

Both sides are expanded by the judge, which differentiates forward and shares nothing with the rules of calculus. Every
axis gets a small length of its own. A number in a formula that is the length of an axis (784 in 1/784) is that
length, so it shrinks with the axis; where this leads nowhere, the true sizes are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random

from ..judge.balls import Ball, Precision, ball, evaluate
from ..judge.dag import Dag, TooMuch
from ..judge.dims import NoRoom
from ..judge.expand import Expand, Reading, array
from ..judge.givens import Assumption, Givens, Slope, Statement
from ..judge.points import Points
from ..judge.shapes import Frame, Shapes
from ..judge.world import World
from ..language.errors import GraphcError
from ..language.expression import Equation, Expression, Name, Number, Subscript
from .scalar_terms import substituted

BITS = 400
DIGITS = 50
SIZES = ((2, 3, 4), (3, 4, 2))
PLACES = 3  # of a tensor that are looked at
POINTS = 4  # at which both sides must have a value
TRIES = 24
SMALL = 4  # up to this a declared length is kept as it is
MAX_NODES = 60_000
TINY = Fraction(1, 10**DIGITS)

Outcome = bool | None  # None is not known


@dataclass(frozen=True)
class Claim:
    """before = after, where `statements` hold and the names of `axes` are free tensors."""

    before: Expression
    after: Expression
    statements: tuple[Statement, ...] = ()
    axes: tuple[tuple[str, tuple[Expression, ...]], ...] = ()
    slopes: tuple[tuple[str, Slope], ...] = ()
    assumed: tuple[Assumption, ...] = ()


def holds(claim: Claim) -> tuple[Outcome, str]:
    """Whether it does, and how that was found out."""
    outcome: Outcome = None
    for sizes in SIZES[:1]:
        outcome = _agrees(_shrunk(claim), sizes)
        if outcome:
            return True, f"random points, {DIGITS} digits"
    if _shrunk(claim) is not claim:
        outcome = _agrees(claim, SIZES[0])
    return outcome, f"random points at the true sizes, {DIGITS} digits"


def _agrees(claim: Claim, sizes: tuple[int, ...]) -> Outcome:
    try:
        return _Trial(claim, sizes).outcome()
    except (GraphcError, NoRoom, TooMuch):
        return None


class _Trial:
    """Both sides of a claim at certain sizes, as nodes of one graph of scalars."""

    def __init__(self, claim: Claim, sizes: tuple[int, ...]) -> None:
        self.claim, self.random, self.slopes = claim, Random(1), dict(claim.slopes)
        givens = Givens(claim.statements, dict(claim.axes), slopes=dict(claim.slopes))
        world = World(givens, (claim.before, claim.after))
        shapes = Shapes(world)
        needed = world.order([*world.used(claim.before), *world.used(claim.after)])
        for name in needed:
            shapes.equation(name)
        frames = [shapes.line(line)[0] for line in world.lines]
        shapes.lengths.solve(sizes)
        self.dag = Dag(MAX_NODES)
        self.expand, self.shapes = Expand(shapes, self.dag), shapes
        for name in needed:
            self.expand.equation(name)
        self.pairs = [self._pair(world.lines, frames, place) for place in self._places()]

    def _places(self) -> Iterator[dict[str, int]]:
        """The first place, the last one, and some others."""
        lengths = {name: dim.size or 1 for name, dim in self.shapes.indices.items()}
        every = [dict(zip(lengths, at, strict=True)) for at in product(*map(range, lengths.values()))]
        every = [place for place in every if self._there(place)] or every
        if len(every) <= PLACES:
            return iter(every)
        return iter([every[0], every[-1], *self.random.sample(every[1:-1], PLACES - 2)])

    def _there(self, place: dict[str, int]) -> bool:
        """Whether a derivative that is said to be something is one of elements that there are."""
        before = self.claim.before
        slope = self.slopes.get(before.base.name) if _is_element(before) else None  # type: ignore[attr-defined]
        if slope is None:
            return True
        frame = Reading(Frame())
        env = {p: place[at.name] for p, at in zip(slope.parameters, before.subscripts, strict=True)}  # type: ignore[attr-defined]
        for name, written in ((slope.of, slope.of_at), (slope.by, slope.by_at)):
            shape = self.expand.tensor(name).shape
            found = [self.dag.value(array(self.expand.value(at, frame, env)).items[0]) for at in written]
            if any(at is not None and not 0 <= at < length for at, length in zip(found, shape, strict=True)):
                return False
        return True

    def _pair(self, lines: Iterable[Expression], frames: list[Frame], place: dict[str, int]) -> tuple[int, ...]:
        found: list[int] = []
        for line, frame in zip(lines, frames, strict=True):
            found += array(self.expand.value(line, Reading(frame), place)).items
        return tuple(found)

    def outcome(self) -> Outcome:
        order = self.dag.below(node for pair in self.pairs for node in pair)
        symbols = [node for node in order if self.dag.op[node] == "symbol"]
        counts = {name: min(dim.size or 1 for dim in dims) for name, dims in self.shapes.gathers.items()}
        points = Points(self.dag, self.expand.tensors, self.claim.assumed, places=counts)
        good = 0
        with Precision(BITS):
            for turn in range(TRIES):
                point = points.random(self.random, turn)
                values = evaluate(self.dag, order, {symbol: ball(point[symbol]) for symbol in symbols})
                verdicts = [_same(values[a], values[b]) for a, b in self.pairs]
                if False in verdicts:
                    return False
                good += None not in verdicts
                if good == POINTS or (good and not symbols):
                    return True
        return None


def _is_element(expression: Expression) -> bool:
    """A name at plain indices."""
    return (
        isinstance(expression, Subscript)
        and isinstance(expression.base, Name)
        and all(isinstance(at, Name) for at in expression.subscripts)
    )


def _same(a: Ball, b: Ball) -> Outcome:
    """Equal to 50 digits; not known where one has no value or too few digits."""
    if a is None or b is None:
        return None
    difference = a - b
    if not difference.contains(0):
        return False
    scale = abs(a) + abs(b) + 1
    return True if difference.rad() < scale * ball(TINY) else None


def _shrunk(claim: Claim) -> Claim:
    """Lengths beyond the smallest by names, in the axes and wherever their numbers stand."""
    lengths = {int(dim.value) for _, dims in claim.axes for dim in dims if isinstance(dim, Number)}
    names: dict[Expression, Expression] = {
        Number(Fraction(length)): Name(f"size{length}") for length in lengths if length > SMALL
    }
    if not names:
        return claim

    def change(expression: Expression) -> Expression:
        return substituted(expression, names)

    def changed(statement: Statement) -> Statement:
        if not isinstance(statement, Equation):
            return statement
        bounds = None if statement.indices is None else tuple(map(change, statement.indices))
        return Equation(statement.name, bounds, change(statement.right), statement.span)  # type: ignore[arg-type]

    return Claim(
        change(claim.before),
        change(claim.after),
        tuple(map(changed, claim.statements)),
        tuple((name, tuple(map(change, dims))) for name, dims in claim.axes),
        tuple(
            (name, Slope(s.parameters, s.of, tuple(map(change, s.of_at)), s.by, tuple(map(change, s.by_at)), s.edge))
            for name, s in claim.slopes
        ),
        claim.assumed,
    )
