"""Whether two expressions are the same number, found out by numbers alone: at small sizes, at random places and points.

Both sides are expanded by the judge, which differentiates forward and shares nothing with the rules of calculus. Every
axis gets a small length of its own. A number in a formula that is the length of an axis (784 in 1/784) is that
length, so it shrinks with the axis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from ..judge.balls import Precision, ball, evaluate
from ..judge.dag import TooMuch
from ..judge.dims import Misfit, NoRoom, join
from ..judge.expand import MAX_TERMS, Reading, array
from ..judge.formal import alike
from ..judge.givens import Assumption, Givens, Slope, Statement
from ..judge.points import Points
from ..judge.shapes import Frame, Shapes
from ..judge.world import World
from ..language.errors import GraphcError
from ..language.expression import Bound, Equation, Expression, Name, Number, Subscript
from .certify_expand import Lazily, Sparse
from .certify_zeros import Outcome, cancels, masked_by, same, vanishes
from .scalar_terms import substituted, walked

BITS = 400
SIZES = (2, 3)
PLACES = 2  # of a tensor that are looked at
LOOKS = 30  # for places that there are
POINTS = 4  # at which both sides must have a value
CASES = 12  # the same where a mask has to be seen both ways, which the few points with negative values may not do
TRIES = 100
SMALL = 2  # up to this a declared length is kept as it is
MAX_NODES = 100_000


@dataclass(frozen=True)
class Claim:
    """before = after, where `statements` hold and the names of `axes` are free tensors."""

    before: Expression
    after: Expression
    statements: tuple[Statement, ...] = ()
    axes: tuple[tuple[str, tuple[Expression, ...]], ...] = ()
    slopes: tuple[tuple[str, Slope], ...] = ()
    assumed: tuple[Assumption, ...] = ()
    lengths: tuple[tuple[str, Expression], ...] = ()  # how far free indices run


def holds(claim: Claim, limit: int = MAX_NODES) -> Outcome:
    """Whether it does, at the sizes that the claim has or leaves open; None where that takes too many scalars."""
    try:
        return _Trial(claim, limit).outcome()
    except (GraphcError, NoRoom, TooMuch):
        return None


class _Trial:
    """Both sides of a claim at small sizes, as nodes of one graph of scalars."""

    def __init__(self, claim: Claim, limit: int) -> None:
        self.claim, self.random, self.slopes = claim, Random(1), dict(claim.slopes)
        givens = Givens(claim.statements, dict(claim.axes), slopes=dict(claim.slopes))
        world = World(givens, (claim.before, claim.after))
        shapes = Shapes(world)
        needed = world.order([*world.used(claim.before), *world.used(claim.after)])
        for name in needed:
            shapes.equation(name)
        for index, extent in claim.lengths:
            self._bind(shapes, index, extent)
        frames = [shapes.line(line)[0] for line in world.lines]
        if any(dim.size is not None for dim in shapes.sizes.values()):
            raise Misfit("a size that is free has been read as a number")
        shapes.lengths.solve(SIZES)
        self.dag = Sparse(limit)
        self.expand, self.shapes = Lazily(shapes, self.dag, min(limit, MAX_TERMS)), shapes
        for name in needed:
            self.expand.equation(name)
        self.pairs = self._pairs(world.lines, frames)

    def _bind(self, shapes: Shapes, index: str, extent: Expression) -> None:
        """An index runs as far as is said, whether or not anything is read at it alone."""
        dims = shapes._bind((Bound(index, extent),), Frame(), {})
        join(shapes.indices.setdefault(index, dims[0]), dims[0], f"index {index}")

    def _pairs(self, lines: Iterable[Expression], frames: list[Frame]) -> list[tuple[int, int]]:
        """Both sides at the last place, at the first one or at others, where there is something else than 0."""
        lengths = {name: dim.size or 1 for name, dim in self.shapes.indices.items()}
        first, last = dict.fromkeys(lengths, 0), {name: length - 1 for name, length in lengths.items()}
        others = ({name: self.random.randrange(n) for name, n in lengths.items()} for _ in range(LOOKS))
        found: dict[tuple[int, int], None] = {}
        looked: list[dict[str, int]] = []  # a line without indices has but one place
        readings = [(line, Reading(frame)) for line, frame in zip(lines, frames, strict=True)]
        for place in (last, *others, first):
            if len(found) < PLACES and place not in looked and self._there(place):
                looked.append(place)
                pairs = self._pair(readings, place)
                found.update(
                    dict.fromkeys(pair for pair in pairs if not all(vanishes(self.dag, node) for node in pair))
                )
        return list(found or self._pair(readings, first))

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

    def _pair(self, readings: Iterable[tuple[Expression, Reading]], place: dict[str, int]) -> list[tuple[int, int]]:
        before, after = (array(self.expand.value(line, reading, place)) for line, reading in readings)
        if len(before.items) != len(after.items):
            raise Misfit("the two sides have different axes")
        return list(zip(before.items, after.items, strict=True))

    def outcome(self) -> Outcome:
        """What is equal by form needs a point at which it has a value, and no more. Else it is looked at in many; zeros
        alone prove nothing there where a mask may have made them, unless the step says 0, or its terms cancel."""
        order = self.dag.below(node for pair in self.pairs for node in pair)
        symbols = [node for node in order if self.dag.op[node] == "symbol"]
        counts = {name: min(dim.size or 1 for dim in dims) for name, dims in self.shapes.gathers.items()}
        free = {name: whole.rows() for name, whole in self.expand.free.items()}
        points = Points(self.dag, free, self.claim.assumed, places=counts)
        proved = alike(self.dag, order, self.pairs, self.random)
        masked = set() if proved else masked_by(self.dag, order)
        enough = 1 if proved else CASES if masked else POINTS
        good, alive = 0, not masked or all(after == self.dag.zero for _, after in self.pairs)
        with Precision(BITS):
            for turn in range(TRIES):
                point = points.random(self.random, turn)
                values = evaluate(self.dag, order, {symbol: ball(point[symbol]) for symbol in symbols})
                verdicts = [same(values[a], values[b]) for a, b in self.pairs]
                if False in verdicts:
                    return False
                good += None not in verdicts
                alive = alive or any(values[a] is not None and values[a] != 0 for a, _ in self.pairs)
                if not alive and good >= enough:
                    cancelled = {node for node in order if node not in masked and cancels(self.dag, node, values)}
                    alive = all(vanishes(self.dag, a, cancelled) for a, _ in self.pairs)
                if alive and (good >= enough or (good and not symbols)):
                    return True
        return None


def _is_element(expression: Expression) -> bool:
    """A name at plain indices."""
    return (
        isinstance(expression, Subscript)
        and isinstance(expression.base, Name)
        and all(isinstance(at, Name) for at in expression.subscripts)
    )


def counts(claim: Claim) -> bool:
    """Whether it has numbers that may be made from true lengths, as 1/784 is, or 1/2 as 2/4."""
    sides = (claim.before, claim.after, *(one.right for one in claim.statements if isinstance(one, Equation)))
    numbers = (part.value for side in sides for part in walked(side) if isinstance(part, Number))
    return any(abs(value) > 1 or value.denominator > 1 for value in numbers)


def _dims(claim: Claim) -> Iterable[Expression]:
    yield from (dim for _, dims in claim.axes for dim in dims)
    yield from (extent for _, extent in claim.lengths)


def shrunk(claim: Claim) -> Claim:
    """Lengths beyond the smallest by names, in the axes and wherever their numbers stand."""
    lengths = {int(dim.value) for dim in _dims(claim) if isinstance(dim, Number)}
    names: dict[Expression, Expression] = {Number(Fraction(n)): Name(f"size{n}") for n in lengths if n > SMALL}
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
        tuple((index, change(extent)) for index, extent in claim.lengths),
    )
