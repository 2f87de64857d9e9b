"""What candidates for a line come to: floats at a dozen points, on one graph of scalars that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import Bound, Constant, Equation, Expression, Name
from .bench import Bench, deep
from .dag import Dag, TooMuch
from .dims import NoRoom
from .expand import Reading, array, box, sizes
from .givens import Givens
from .points import Point
from .shapes import Frame
from .total import parts

POINTS = 12
LENGTHS = (3, 2, 4, 5)
SHORT = (2, 3, 2)  # where they make too much of it
FEW = 3_000  # elements of all sums and tensors at lengths that are not too much
TERMS = 20_000  # elements of all sums and tensors of one line
TURNS = (1, 3, 0, 2, 4)  # of the styles of points: nothing so large that an exponential overflows
FAILS = (GraphcError, TooMuch, NoRoom, ArithmeticError, ValueError, LookupError, AssertionError)


class Values:
    """A bench for one pair of lines, on which further lines are read and evaluated."""

    def __init__(
        self, before: Expression, after: Expression, givens: Givens, context: Sequence[Expression], seconds: float
    ) -> None:
        self.bench = _opened(before, after, givens, context, seconds)
        self.dag = self.bench.dag
        self.dag.deadline = self.bench.shapes._deadline = None  # the search itself looks at the clock
        self.frame = Frame()
        self.reading = Reading(self.frame)
        self.axes = self.bench.axes
        lengths = {name: self.bench.shapes.indices[name] for name in self.axes}
        self.places = list(box(sizes(tuple(lengths.values()))))
        self.names = self._names()
        self.floats = Floats(self.dag, self._points())

    def _names(self) -> dict[str, int]:
        """Every tensor that may be read, with the number of its axes."""
        bench, found = self.bench, {}
        texts = [*bench.world.rights.values(), *bench.world.lines]
        bound = {part.name for text in texts for part in parts(text) if isinstance(part, Bound)}
        equations = [e for e in bench.world.equations.values() if isinstance(e, Equation)]
        bound |= {index.name for equation in equations for index in equation.indices or ()}
        other = (
            bound | bench.world.sizes | set(bench.shapes.indices) | set(bench.world.functions) | {"pi", "true", "True"}
        )
        for name in sorted(bench.world._known):
            derivative = name[:1] == "d" and bench.world.is_known(name[1:]) and not bench.world.is_defined(name)
            if (name in other and not bench.world.is_tensor(name)) or derivative:
                continue
            try:
                found[name] = len(bench.expand.tensor(name).shape)
            except FAILS:
                continue
        return found

    def _points(self) -> list[Point]:
        """Points at which the assumptions hold."""
        points = self.bench.points = self.bench.drawn()  # with what was opened since the bench was made
        random, found = Random(20), []
        for turn in range(POINTS * 20):
            point = points.random(random, TURNS[turn % len(TURNS)])
            if not points.allow(point):
                continue
            if self.bench.conditions:
                floats = Floats(self.dag, [point])
                if not all(floats.value(node)[0] == 1 for node in self.bench.conditions):
                    continue
            found.append(point)
            if len(found) == POINTS:
                break
        return found

    def of(self, line: Expression) -> Any | None:
        """The line's values, elements by points; None where it cannot be read or has another shape."""
        import numpy as np

        nodes = self._nodes(line)
        if nodes is None:
            return None
        with np.errstate(all="ignore"):
            return np.concatenate([self.floats.value(node) for node in nodes])

    def _nodes(self, line: Expression) -> list[int] | None:
        bench = self.bench
        bench.expand._left, bench.shapes._parts = TERMS, 0  # each line has as much as a line may have
        try:
            line = bench.world.regrouped(line)
            bench.shapes.shape(line, self.frame, bench.shapes.indices)
            bench.shapes.lengths.solve(bench.chosen)
            found: list[int] = []
            for place in self.places:
                env = dict(zip(self.axes, place, strict=True))
                found.extend(array(bench.expand.value(line, self.reading, env)).items)
            return found
        except FAILS:
            bench.shapes.lengths.dims, bench.shapes.lengths.accesses = [], []
            return None


def _opened(
    before: Expression, after: Expression, givens: Givens, context: Sequence[Expression], seconds: float
) -> Bench:
    """The line before with all equations beside it, those too that it does not speak of; at lengths that are not too
    much."""
    names = tuple(Name(s.name) for s in givens.statements if isinstance(s, (Equation, Constant)))
    for lines, lengths in (((before, *names), LENGTHS), ((before, *names), SHORT), ((before,), LENGTHS)):
        try:
            return Bench(givens, lines, lengths, seconds / 4, (after, *context), FEW)
        except FAILS:
            continue
    return Bench(givens, (before,), SHORT, seconds, (after, *context))


class Floats:
    """The graph at several points at once; nan where a value is not defined."""

    def __init__(self, dag: Dag, points: Sequence[Point]) -> None:
        import numpy as np

        self.dag, self.count = dag, len(points)
        self._known: dict[int, Any] = {
            symbol: np.array([float(point[symbol]) for point in points]) for symbol in (points[0] if points else ())
        }

    def value(self, node: int) -> Any:
        """The values of one node; what it is made of is remembered."""
        known = self._known
        stack = [node]
        while stack:
            here = stack[-1]
            if here in known:
                stack.pop()
                continue
            waiting = [child for child in self._below(here) if child not in known]
            if waiting:
                stack.extend(waiting)
            else:
                known[here] = self._made(here)
                stack.pop()
        return known[node]

    def _below(self, node: int) -> Sequence[int]:
        return self.dag.args[node][:1] if self.dag.op[node] == "ref" else self.dag.children(node)

    def _made(self, node: int) -> Any:
        import numpy as np

        op, args = self.dag.op[node], self.dag.args[node]
        if op == "number":
            return np.full(self.count, float(args[0]) if abs(args[0]) < 10**300 else np.nan)
        if op == "pi":
            return np.full(self.count, np.pi)
        if op == "symbol":
            return np.full(self.count, np.nan)
        if op == "ref":
            return self._known[args[0]]
        if op == "power":
            return _powered(self._known[args[0]], args[1])
        return _operations()[op](*[self._known[child] for child in args])


def _powered(base: Any, exponent: Fraction) -> Any:
    import numpy as np

    value = np.power(base, float(exponent))
    return value if exponent.denominator == 1 else np.where(base < 0, np.nan, value)


_OPERATIONS: dict[str, Any] = {}


def _operations() -> dict[str, Any]:
    """What each operation of the graph does to arrays of floats."""
    if not _OPERATIONS:
        from functools import reduce
        from math import erf

        import numpy as np

        def compared(sign: Any) -> Any:
            return lambda a, b: np.where(np.isnan(a) | np.isnan(b), np.nan, sign(a, b))

        _OPERATIONS.update(
            add=lambda *parts: reduce(np.add, parts),
            mul=lambda *parts: reduce(np.multiply, parts),
            div=np.divide,
            raised=np.power,
            where=lambda c, a, b: np.where(np.isnan(c), np.nan, np.where(c != 0, a, b)),
            max=lambda *parts: reduce(np.maximum, parts),
            min=lambda *parts: reduce(np.minimum, parts),
            lt=compared(np.less),
            le=compared(np.less_equal),
            gt=compared(np.greater),
            ge=compared(np.greater_equal),
            eq=compared(np.equal),
            ne=compared(np.not_equal),
            exp=np.exp,
            log=np.log,
            sin=np.sin,
            cos=np.cos,
            tanh=np.tanh,
            erf=lambda u: np.array([erf(v) for v in u]),
            sigma=lambda z: 1 / (1 + np.exp(-z)),
            softplus=lambda z: np.logaddexp(0, z),
            abs=np.abs,
            sign=np.sign,
            step=lambda z: np.where(np.isnan(z), np.nan, z > 0),
        )
    return _OPERATIONS


__all__ = ["FAILS", "Values", "deep"]
