"""Tensors whose axes are indices, and how they are put together: element by element, by matrix products, by sums.

A tensor may have its axes in several orders, each with an expression and what that costs the reader: a transpose here,
a row there. Every way of putting tensors together keeps the cheapest expression of each order, and the place where
the tensor ends up decides. An axis that was summed and kept as a one is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from ..graph.arithmetic import size_expression
from ..graph.size import Size
from ..language import expression as e

Expression = e.Expression
ONE = e.Number(Fraction(1))
ORDERS = 6  # orders of axes that are remembered of one tensor
# what it costs to read: axes turned, of more than a name, a vector in front of a matrix, an outer product, a stack
TURNED, LONG, ROW, OUTER, STACK = 1.0, 0.2, 1.1, 0.5, 0.5


class NoForm(Exception):
    """There is no whole-tensor notation."""


class Axis:
    """An index where it is bound: the same letter in two sums is two axes. `extent` is known once it is read."""

    __slots__ = ("extent",)

    def __init__(self) -> None:
        self.extent: Size | None = None

    def size(self) -> Expression:
        if self.extent is None:
            raise NoForm
        return size_expression(self.extent)


Axes = tuple[Axis, ...]
Order = tuple["Axis | None", ...]


class Form(NamedTuple):
    expression: Expression
    cost: float = 0.0


class Whole:
    """A tensor in one or more orders of its axes."""

    def __init__(self, forms: Mapping[Order, Form]) -> None:
        if not forms:
            raise NoForm
        cheapest = sorted(forms.items(), key=lambda item: item[1].cost)
        self.forms = dict(cheapest[:ORDERS])
        self.axes = frozenset(axis for axis in next(iter(self.forms)) if axis is not None)

    def mapped(self, change: Callable[[Expression], Expression]) -> Whole:
        return Whole({order: Form(change(form.expression), form.cost) for order, form in self.forms.items()})

    def ordered(self, axes: Axes) -> Form:
        """The tensor with exactly these axes in this order."""
        if len(axes) != len(self.axes) or set(axes) != self.axes:
            raise NoForm
        return _least(_turned(form, order, axes) for order, form in self.forms.items() if None not in order)

    def aligned(self, axes: Axes) -> Form:
        """The tensor so that it lines up with the last of these axes, as NumPy lines them up."""
        found = [form for order, form in self.forms.items() if None in order and _fits(order, axes)]
        last = axes[len(axes) - len(self.axes) :]
        if set(last) == self.axes:
            found.append(self.ordered(last))
        return _least(found)


def number(expression: Expression) -> Whole:
    return Whole({(): Form(expression)})


def _least(forms: Iterable[Form | None]) -> Form:
    found = [form for form in forms if form is not None]
    if not found:
        raise NoForm
    return min(found, key=lambda form: form.cost)


def _fits(order: Order, axes: Axes) -> bool:
    last = axes[len(axes) - len(order) :]
    return len(order) <= len(axes) and all(own is None or own is at for own, at in zip(order, last, strict=True))


def _turned(form: Form, order: Order, axes: Axes) -> Form | None:
    """With the last two axes exchanged, which is all that ᵀ says."""
    if order == axes:
        return form
    if order[:-2] != axes[:-2] or order[-2:] != axes[:-3:-1]:
        return None
    inner = form.expression
    if isinstance(inner, e.Call) and inner.function == "transpose":
        return Form(inner.arguments[0], form.cost - TURNED - LONG * (not isinstance(inner.arguments[0], e.Name)))
    places = [*range(len(axes) - 2), len(axes) - 1, len(axes) - 2]
    order_ = e.Tuple(tuple(e.Number(Fraction(place)) for place in places))
    keywords = (("axes", order_),) if len(axes) > 2 else ()
    cost = TURNED + LONG * (not isinstance(inner, e.Name)) + STACK * (len(axes) - 2)
    return Form(e.Call("transpose", (inner,), keywords), form.cost + cost)


def combined(make: Callable[..., Expression], operands: Sequence[Whole], wish: Axes = ()) -> Whole:
    """`make` element by element, in every order of axes in which the operands line up."""
    axed = [operand for operand in operands if operand.axes]
    if len(axed) <= 1:
        forms = axed[0].forms if axed else {(): Form(ONE)}
        return Whole({order: _made(make, [_part(operand, order) for operand in operands]) for order in forms})
    every = frozenset().union(*(operand.axes for operand in axed))
    orders = [order for operand in axed for order in operand.forms if operand.axes == every and None not in order]
    orders.append(tuple(axis for axis in wish if axis in every))
    # a sum along an axis, kept as a one, and what else is kept so
    kept = [order for order in axed[0].forms if None in order and all(order in operand.forms for operand in axed)]
    found = {order: _made(make, [_part(operand, order) for operand in operands]) for order in kept}
    for order in dict.fromkeys(orders):
        if len(order) == len(every):
            try:
                found[order] = _made(make, [operand.aligned(order) for operand in operands])  # type: ignore[arg-type]
            except NoForm:
                continue
    return Whole(found)


def _part(operand: Whole, order: Order) -> Form:
    return operand.forms[order] if operand.axes else operand.forms[()]


def _made(make: Callable[..., Expression], forms: Sequence[Form]) -> Form:
    return Form(make(*(form.expression for form in forms)), sum(form.cost for form in forms))


def product(factors: Sequence[Whole], wish: Axes = ()) -> Whole:
    """Element by element or, of two vectors, every element of one times every element of the other."""
    try:
        return combined(times, factors, wish)
    except NoForm:
        pass
    groups: dict[frozenset[Axis], list[Whole]] = {}
    for factor in factors:
        groups.setdefault(factor.axes, []).append(factor)
    numbers = groups.pop(frozenset(), [])
    if len(groups) != 2 or any(len(axes) != 1 for axes in groups):
        raise NoForm
    vectors = [(next(iter(axes)), product(group)) for axes, group in groups.items()]
    found: dict[Order, Form] = {}
    for (row, first), (column, second) in (vectors, vectors[::-1]):
        left, right = first.ordered((row,)), second.ordered((column,))
        outer = e.MatMul(
            e.Call("reshape", (left.expression, e.Tuple((row.size(), ONE)))),
            e.Call("reshape", (right.expression, e.Tuple((ONE, column.size())))),
        )
        found[row, column] = Form(outer, left.cost + right.cost + OUTER)
    return combined(times, [*numbers, Whole(found)])


def times(*factors: Expression) -> Expression:
    """A flat product, numbers first, denominators under one stroke."""
    above: list[Expression] = []
    below: list[Expression] = []
    for factor in factors:
        while isinstance(factor, e.Quotient):
            below.append(factor.right)
            factor = factor.left
        above += factor.factors if isinstance(factor, e.Product) else () if factor is ONE else (factor,)
    above.sort(key=lambda factor: not isinstance(factor, e.Number))
    out = ONE if not above else above[0] if len(above) == 1 else e.Product(tuple(above))
    return e.Quotient(out, below[0] if len(below) == 1 else e.Product(tuple(below))) if below else out


def joined(left: Whole, right: Whole, axis: Axis) -> Whole:
    """The matrix product of two tensors over an axis that they share; further shared axes are a stack's."""
    found: dict[Order, Form] = {}
    for first, second in ((left, right), (right, left)):
        try:
            order, form = _joined(first, second, axis)
        except NoForm:
            continue
        if order not in found or form.cost < found[order].cost:
            found[order] = form
    return Whole(found)


def _joined(left: Whole, right: Whole, axis: Axis) -> tuple[Order, Form]:
    own = next((order for order in left.forms if None not in order), ())
    stack = tuple(one for one in own if one in right.axes and one is not axis)
    rows = tuple(one for one in own if one is not axis and one not in stack)
    columns = tuple(one for one in right.axes if one is not axis and one not in stack)
    if len(columns) > 1 or len(rows) + len(stack) > 3 or (stack and not (len(rows) == 1 == len(columns))):
        raise NoForm
    first, second = left.ordered((*stack, *rows, axis)), right.ordered((*stack, axis, *columns))  # type: ignore[arg-type]
    cost = first.cost + second.cost + (0 if rows or stack else ROW) + STACK * len(stack)
    return (*stack, *rows, *columns), Form(e.MatMul(first.expression, second.expression), cost)


def reduced(kind: str, body: Whole, axes: Sequence[Axis]) -> Whole:
    """`sum(body, axis=0)`; with the axes kept as ones, too, for what lines up with that."""
    if not set(axes) <= body.axes:
        raise NoForm
    found: dict[Order, Form] = {}
    for order, form in body.forms.items():
        if None in order:
            continue
        left = tuple(axis for axis in order if axis not in axes)
        if not left and (kind != "logsumexp" or len(axes) == 1):
            return Whole({(): Form(e.Call(kind, (form.expression,)), form.cost)})
        places = [e.Number(Fraction(place)) for place, axis in enumerate(order) if axis in axes]
        keywords = (("axis", places[0] if len(places) == 1 else e.Tuple(tuple(places))),)
        found.setdefault(left, Form(e.Call(kind, (form.expression,), keywords), form.cost))
        ones = e.Call(kind, (form.expression,), (*keywords, ("keepdims", e.Name("true"))))
        found[tuple(None if axis in axes else axis for axis in order)] = Form(ones, form.cost)
    return Whole(found)


def contracted(factors: list[Whole], axis: Axis, wish: Axes) -> list[Whole] | None:
    """One axis summed by a matrix product: the factors that have it become one. None where they cannot."""
    tied = [factor for factor in factors if axis in factor.axes]
    best: Whole | None = None
    for count in range(1, len(tied)):
        for chosen in combinations(range(len(tied)), count):
            if 0 not in chosen:
                continue  # which of the two groups is on the left is decided when they are joined
            rest = [factor for place, factor in enumerate(tied) if place not in chosen]
            try:
                found = joined(product([tied[place] for place in chosen], wish), product(rest, wish), axis)
            except NoForm:
                continue
            if best is None or cost(found) < cost(best):
                best = found
    if best is None:
        return None
    return [best, *(factor for factor in factors if axis not in factor.axes)]


def cost(whole: Whole) -> float:
    return min(form.cost for form in whole.forms.values())
