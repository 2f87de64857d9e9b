"""Whole-tensor notation for an index expression: `mean[i]((y[i]-t[i])*x[i,j])` is `transpose(x) @ (y - t)/n`.

Every part is read as a tensor whose axes are indices. A sum over an index that two factors share, and that nothing
else ties, is a matrix product; other sums are along an axis. What has no such form (a shifted read, a gather, a delta)
has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any

from ..graph.network import Network
from ..graph.size import Size, size
from ..language import expression as e
from .matrix_axes import (
    ONE,
    Axes,
    Axis,
    Form,
    NoForm,
    Whole,
    combined,
    contracted,
    cost,
    number,
    product,
    reduced,
    times,
)

Expression = e.Expression
Shapes = Network | Mapping[str, Sequence[Size]]
Scope = Mapping[str, Axis]

MOST, DEEPEST = 2000, 60  # parts read, levels of the expression
FACTORS, SUMMED = 7, 4  # of one sum: factors that are put into groups in every way, indices that are ordered so
ELEMENTWISE = frozenset({
    "exp", "log", "sqrt", "abs", "sin", "cos", "tanh", "erf", "sign", "step", "sigma", "sigmoid", "σ", "softplus",
    "relu", "gelu", "silu", "max", "min", "where",
})  # fmt: skip


def matrix(body: Expression, indices: Sequence[str], shapes: Shapes) -> Expression | None:
    """The tensor `out[indices] = body` without indices, or None. `shapes` has the extents of the named tensors."""
    known = {name: node.extents for name, node in shapes.nodes.items()} if isinstance(shapes, Network) else shapes
    scope = {index: Axis() for index in indices}
    reader = _Reader(known)
    try:
        if body.depth > DEEPEST:
            return None
        found = reader.read(body, scope, tuple(scope.values())).ordered(tuple(scope.values())).expression
    except NoForm:
        return None
    axes = [*scope.values(), *reader.bound]
    return found if axes and all(axis.extent is not None for axis in axes) else None


class _Reader:
    """`wish` is the order of axes that would suit the place where a part stands."""

    def __init__(self, shapes: Mapping[str, Sequence[Size]]) -> None:
        self.shapes = shapes
        self.bound: list[Axis] = []
        self.left = MOST

    def read(self, part: Expression, scope: Scope, wish: Axes) -> Whole:
        self.left -= 1
        reader = READERS.get(type(part))
        if self.left < 0 or reader is None:
            raise NoForm
        return reader(self, part, scope, wish)

    def number(self, part: e.Number, scope: Scope, wish: Axes) -> Whole:
        return number(part)

    def name(self, name: e.Name, scope: Scope, wish: Axes) -> Whole:
        if name.name in scope or self.shapes.get(name.name, ()):
            raise NoForm
        return number(name)

    def subscript(self, subscript: e.Subscript, scope: Scope, wish: Axes) -> Whole:
        base = subscript.base
        extents = self.shapes.get(base.name, ()) if isinstance(base, e.Name) else ()
        axes: list[Axis] = []
        if len(subscript.subscripts) != len(extents):
            raise NoForm
        for place, extent in zip(subscript.subscripts, extents, strict=True):
            axis = scope.get(place.name) if isinstance(place, e.Name) else None
            if axis is None or axis in axes or axis.extent not in (None, extent):
                raise NoForm
            axis.extent = extent
            axes.append(axis)
        return Whole({tuple(axes): Form(base)})

    def call(self, call: e.Call, scope: Scope, wish: Axes) -> Whole:
        reduces = call.function in ("max", "min") and len(call.arguments) != 2
        if call.function not in ELEMENTWISE or reduces or call.keywords:
            raise NoForm
        return self._each(lambda *parts: e.Call(call.function, parts), call.arguments, scope, wish)

    def many(self, part: Any, scope: Scope, wish: Axes) -> Whole:
        """A chain of additions or comparisons."""
        rest = (part.operators,) if isinstance(part, e.Compare) else ()
        return self._each(lambda *parts: type(part)(parts, *rest), part.children, scope, wish)

    def fixed(self, part: Expression, scope: Scope, wish: Axes) -> Whole:
        return self._each(type(part), part.children, scope, wish)

    def _each(self, make: Callable[..., Expression], parts: Iterable[Expression], scope: Scope, wish: Axes) -> Whole:
        return combined(make, [self.read(part, scope, wish) for part in parts], wish)

    def factors(self, part: e.Product, scope: Scope, wish: Axes) -> Whole:
        return product([self.read(factor, scope, wish) for factor in part.factors], wish)

    # -- reductions

    def reduce(self, reduction: e.Reduce, scope: Scope, wish: Axes) -> Whole:
        axes = [Axis() for _ in reduction.indices]
        for axis, index in zip(axes, reduction.indices, strict=True):
            axis.extent = _given(index.extent)
        inner = {**scope, **dict(zip((index.name for index in reduction.indices), axes, strict=True))}
        self.bound += axes
        if reduction.kind not in ("sum", "mean"):
            return reduced(reduction.kind, self.read(reduction.body, inner, (*wish, *axes)), axes)
        whole = self._summed(reduction.body, inner, axes, wish)
        if reduction.kind == "sum":
            return whole
        everything = whole.forms.get(())
        if everything and isinstance(everything.expression, e.Call) and everything.expression.function == "sum":
            return number(e.Call("mean", everything.expression.arguments))
        places = times(*(axis.size() for axis in axes))
        return whole.mapped(lambda expression: times(expression, e.Quotient(ONE, places)))

    def _summed(self, body: Expression, scope: Scope, axes: Sequence[Axis], wish: Axes) -> Whole:
        """By matrix products, term by term where that is not possible, else along the axes of the whole body."""
        for form in (self._products, self._terms):
            try:
                return form(body, scope, axes, wish)
            except NoForm:
                continue
        return reduced("sum", self.read(body, scope, (*wish, *axes)), axes)

    def _terms(self, body: Expression, scope: Scope, axes: Sequence[Axis], wish: Axes) -> Whole:
        if not isinstance(body, e.Sum):
            raise NoForm
        parts = [self._products(term, scope, axes, wish) for term in body.terms]
        return combined(lambda *terms: e.Sum(terms), parts, wish)

    def _products(self, body: Expression, scope: Scope, axes: Sequence[Axis], wish: Axes) -> Whole:
        minus, above, below = _flat(body)
        if len(above) + len(below) > FACTORS or len(axes) > SUMMED:
            raise NoForm
        wholes = [self.read(factor, scope, (*wish, *axes)) for factor in above]
        wholes += [self.read(factor, scope, (*wish, *axes)).mapped(_reciprocal) for factor in below]
        numbers = [whole for whole in wholes if not whole.axes]
        tensors = [whole for whole in wholes if whole.axes]
        found = list(self._contractions(tensors, axes, wish))
        if not found:
            raise NoForm
        whole = combined(times, [*numbers, min(found, key=cost)], wish)
        return whole.mapped(e.Negative) if minus else whole

    def _contractions(self, factors: list[Whole], axes: Sequence[Axis], wish: Axes) -> Iterable[Whole]:
        for order in permutations(axes):
            left, rest = factors, list(order)
            try:
                while rest and (fewer := contracted(left, rest[0], (*wish, *rest[1:]))) is not None:
                    left, rest = fewer, rest[1:]
                if rest:
                    tied = [factor for factor in left if factor.axes & set(rest)]
                    others = [factor for factor in left if not factor.axes & set(rest)]
                    left = [reduced("sum", product(tied, (*wish, *rest)), rest), *others]
                yield product(left, wish)
            except NoForm:
                continue


def _reciprocal(expression: Expression) -> Expression:
    return e.Quotient(ONE, expression)


def _given(extent: Expression | None) -> Size | None:
    if extent is None:
        return None
    if isinstance(extent, e.Name):
        return size(extent.name)
    if isinstance(extent, e.Number) and extent.value.denominator == 1:
        return size(int(extent.value))
    raise NoForm


def _flat(body: Expression) -> tuple[bool, list[Expression], list[Expression]]:
    """Whether there is a minus, the factors above the stroke, and those below it."""
    minus = False
    sides: tuple[list[Expression], list[Expression]] = ([], [])
    pending = [(body, 0)]
    while pending:
        part, side = pending.pop()
        if isinstance(part, e.Negative):
            minus = not minus
            pending.append((part.operand, side))
        elif isinstance(part, e.Product):
            pending += [(factor, side) for factor in reversed(part.factors)]
        elif isinstance(part, e.Quotient):
            pending += [(part.right, 1 - side), (part.left, side)]
        else:
            sides[side].append(part)
    return minus, *sides


READERS: dict[type[Expression], Callable[[_Reader, Any, Scope, Axes], Whole]] = {
    e.Number: _Reader.number,
    e.Name: _Reader.name,
    e.Subscript: _Reader.subscript,
    e.Call: _Reader.call,
    e.Sum: _Reader.many,
    e.Compare: _Reader.many,
    e.Product: _Reader.factors,
    e.Quotient: _Reader.fixed,
    e.Power: _Reader.fixed,
    e.Negative: _Reader.fixed,
    e.Reduce: _Reader.reduce,
}
