"""Two lines side by side as scalars of one graph, at chosen sizes, with the points at which they may be looked at."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from time import monotonic

from ..language.expression import Expression, Number
from .balls import Ball, touches
from .dag import PIECEWISE, Dag, TooMuch
from .expand import MAX_TERMS, Array, Expand, box, sizes
from .facts import apart, together
from .givens import Givens
from .points import Point, Points
from .shapes import Frame, Shapes
from .stated import comparisons, of_defined, zeros
from .ties import ties
from .total import parts
from .world import World

SIZES = (3, 4, 5, 6, 7)
MANY = 64  # axes of one tensor


@contextmanager
def deep() -> Iterator[None]:
    """Room for expressions as deep as the language allows; frames of Python take none of the machine's stack."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 60_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Bench:
    """The lines' arrays are `values`; `axes` are the free indices that come before a line's own axes."""

    def __init__(
        self,
        givens: Givens,
        lines: Sequence[Expression],
        chosen: Sequence[int] = SIZES,
        seconds: float | None = None,
        context: Sequence[Expression] = (),
        terms: int = MAX_TERMS,
        most: int = MANY,
        roomy: bool = True,
    ) -> None:
        """`context` are other lines of the same derivation, which say how many axes a name has.

        Refused are more than `terms` elements, and more than `most` axes with a length of their own. `roomy` lengths
        go beyond the numbers that indices are compared with.
        """
        self.givens, self.chosen = givens, chosen
        self.apart: Point | None = None  # where the lines were found to differ
        with deep():
            self.world = World(givens, (*lines, *comparisons(givens)), tuple(context))
            stated = of_defined(givens)
            self.lines = self.world.lines[: len(lines)]
            conditions = self.world.lines[len(lines) :]
            self.dag = Dag(deadline=None if seconds is None else monotonic() + seconds)
            self.shapes = Shapes(self.world, self.dag.deadline)
            self.shapes.lengths.roomy = roomy
            used = [name for line in (*self.lines, *conditions) for name in self.world.used(line)]
            order = self.world.order([*used, *(one.name for one in stated)])
            for name in order:
                self.shapes.equation(name)
            read = [self.shapes.line(line) for line in (*self.lines, *conditions)]
            self.shapes.lengths.solve(chosen)
            if self.shapes.lengths.chosen > most:
                raise TooMuch("so many axes are too much at such sizes")
            self.expand = Expand(self.shapes, self.dag, terms)
            for name in order:
                self.expand.equation(name)
            self.axes = self.free_indices(self.lines)
            self.own = [shape for _, shape in read[: len(lines)]]  # the axes that each line has without indices
            self.values = [
                self._expanded(line, frame, self.axes) for line, (frame, _) in zip(self.lines, read, strict=False)
            ]
            self.conditions: list[int] = []
            self.filters: list[tuple[tuple[str, ...], Array]] = []  # `i != j`: what is assumed of free indices alone
            for line, (frame, _) in zip(conditions, read[len(lines) :], strict=True):
                axes = self.free_indices([line])
                holds_at = self._expanded(line, frame, axes)
                if axes and set(axes) <= set(self.axes) and all(self.dag.op[n] == "number" for n in holds_at.items):
                    self.filters.append((axes, holds_at))
                else:
                    self.conditions += holds_at.items
            self.zeros = [node for one in stated for node in zeros(self.dag, one, self.expand.tensors[one.name])]
        self.points = self.drawn()

    def drawn(self) -> Points:
        """Points for all that has been expanded."""
        places = {name: min(dim.size or 1 for dim in dims) for name, dims in self.shapes.gathers.items() if name}
        points = Points(self.dag, self.expand.tensors, self.givens.assumptions, self._constants(), places)
        points.ties = ties(self.dag, self.conditions, points.fixed)
        return points

    @property
    def domain(self) -> list[int]:
        """What is differentiated, as far as it is not defined everywhere."""
        return [node for node, narrow in self.expand.differentiated.items() if narrow]

    @property
    def asked(self) -> list[int]:
        """What has to be looked at to know whether a point counts."""
        return [*self.conditions, *self.zeros, *self.domain]

    def admits(self, values: Mapping[int, Ball]) -> bool:
        """Whether a point counts: what is assumed holds there, and what is differentiated is defined there."""
        met = [tie.condition for tie in self.points.ties]
        if not all(values[node] is not None and values[node] != 0 for node in self.conditions if node not in met):
            return False
        if any(values[node] is None for node in self.domain):
            return False
        return all(values[node] is not None and touches(values[node]) for node in self.zeros)

    def differing(self, before: Array, after: Array) -> list[tuple[tuple[int, ...], int, int]]:
        """The places at which two arrays of one shape are not the same node, as far as they are spoken of."""
        found = zip(box(before.shape), before.items, after.items, strict=True)
        return [(place, a, b) for place, a, b in found if a != b and self._spoken_of(place)]

    def _spoken_of(self, place: tuple[int, ...]) -> bool:
        at = dict(zip(self.axes, place, strict=False))
        return all(self.dag.value(holds.at(tuple(at[name] for name in axes))) for axes, holds in self.filters)

    def free_indices(self, lines: Sequence[Expression]) -> tuple[str, ...]:
        found = together(tuple(lines))
        used = found.names.union(map(apart, found.alone))
        return tuple(name for name in sorted(self.world.indices) if name in used)

    def _expanded(self, line: Expression, frame: Frame, axes: tuple[str, ...]) -> Array:
        return self.expand.line(line, frame, axes, sizes(tuple(self.shapes.indices[name] for name in axes)))

    def line(self, expression: Expression) -> Array:
        """One more line, at the sizes that are there; its free indices are those of the bench."""
        expression = self.world.regrouped(expression)
        with deep():
            for name in self.world.order(self.world.used(expression)):
                if name not in self.expand.tensors:
                    self.shapes.equation(name)
                    self.shapes.lengths.solve(self.chosen)
                    self.expand.equation(name)
            frame, _ = self.shapes.line(expression)
            self.shapes.lengths.solve(self.chosen)
            return self._expanded(expression, frame, self.axes)

    def _constants(self) -> tuple[Fraction, ...]:
        """The numbers of the file, near which something may happen."""
        texts = (*self.lines, *self.world.rights.values())
        found = {part.value for text in texts for part in parts(text) if isinstance(part, Number)}
        return tuple(sorted(value for value in found if abs(value) < 10**12))[:32]

    @property
    def conditions_tie(self) -> bool:
        """Whether something is assumed that random residues do not have."""
        return any(self.dag.op[node] == "eq" for node in self.dag.below(self.conditions))

    def piecewise(self, roots: Sequence[int]) -> list[int]:
        """The nodes that jump or bend."""
        return [node for node in self.dag.below(roots) if self.dag.op[node] in PIECEWISE]

    def turns(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int | None]]:
        """The differences whose sign decides something, each as two nodes or as one."""
        dag = self.dag
        found: dict[tuple[int, int | None], None] = {}
        for node in self.piecewise([node for pair in pairs for node in pair]):
            op, args = dag.op[node], dag.args[node]
            if op in ("abs", "sign", "step"):
                found[args[0], None] = None
            elif op in ("max", "min"):
                found.update({(a, args[0]): None for a in args[1:]})
            elif op != "where":
                found[args[0], args[1]] = None
        return list(found)
