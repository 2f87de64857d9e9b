"""Expressions to values: one row a kind of expression. Each reads its parts by yielding them as tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..language import expression as written
from ..language.errors import GraphcError
from ..language.expression import Bound, Expression, Name, Span
from ..language.hints import near
from ..language.text import text
from . import calls, operations
from .arguments import ArgumentError, placed, start
from .extents import Access, bound
from .extract import node_value
from .scalar import ZERO, Affine, Apply, Index, Read, Reduce, Scalar, affine, apply, position
from .scope import Scope, Steps, Task
from .value import (
    MAX_RANK,
    Value,
    at,
    constant,
    elementwise,
    of_number,
    of_size,
    opposite,
    over,
    permutes,
    plus,
    raised,
    simple,
    subscript,
    times,
)


def read(expression: Expression, span: Span, scope: Scope) -> Task:
    """The task that reads an expression; its answer is a `Value`, or a tuple of them for a shape."""
    return Task(READERS[type(expression)](expression, span, scope), scope.source, span)


def _number(number: written.Number, span: Span, scope: Scope) -> Steps:
    return of_number(number.value)
    yield


def _name(name: Name, span: Span, scope: Scope) -> Steps:
    found = named(name.name, span, scope)
    return (yield found) if isinstance(found, Task) else found


def named(word: str, span: Span, scope: Scope) -> Any:
    """What a name means: an index, an argument, a tensor, a size, in this order; a task if it is still to be read."""
    if word in scope.indices:
        return Value((), position(scope.indices[word]))
    if word in scope.arguments:
        return scope.arguments[word]
    if scope.has_tensor(word):
        return scope.world.tensor(word)
    extent = scope.size(word)
    if extent is not None:
        return of_size(extent)
    if word == "pi":
        return Value((), Apply("pi", ()))
    raise unknown(word, span, scope)


def _at_once(part: Expression, span: Span, scope: Scope) -> Any:
    """A name or number without a task of its own: long sums are made of them."""
    if type(part) is Name:
        found = named(part.name, span, scope)
        return read(part, span, scope) if isinstance(found, Task) else found
    if type(part) is written.Number:
        return of_number(part.value)
    return read(part, span, scope)


def unknown(word: str, span: Span, scope: Scope) -> GraphcError:
    if scope.world.definitions(word) or word in calls.names():
        return scope.error(f"`{word}` is a function", span, f"write {word}(x)")
    hint = near(word, {*scope.known(), *calls.names()})
    if hint is None and len(word) == 1:
        hint = f"an index is named on the left side or in a reduction, as in sum[{word}](…)"
    return scope.error(f"`{word}` is not defined", span, hint)


def _all(parts: tuple[Expression, ...], spans: tuple[Span, ...], scope: Scope) -> Steps:
    values = []
    for part, span in zip(parts, spans, strict=True):
        values.append((yield read(part, span, scope)))
    return values


def _flat(make: Callable[..., Scalar], sign: str) -> Callable[..., Steps]:
    def steps(expression: Any, span: Span, scope: Scope) -> Steps:
        values = []
        for part, place in zip(expression.children, span.children, strict=True):
            known = _at_once(part, place, scope)
            values.append((yield known) if isinstance(known, Task) else known)
        return elementwise(make, values, sign)

    return steps


def _floor(quotient: written.FloorQuotient, span: Span, scope: Scope) -> Steps:
    sizes = []
    for part, place in zip(quotient.children, span.children, strict=True):
        value = yield read(part, place, scope)
        extent = constant(value) if isinstance(value, Value) else None
        if extent is None:
            hint = "a subscript is a sum of indices times whole numbers"
            raise scope.error(f"`{text(quotient)}`: `//` is for sizes, and `{text(part)}` is none", start(span), hint)
        sizes.append(extent)
    return of_size(operations.floor_quotient(*sizes))


def _matmul(product: written.MatMul, span: Span, scope: Scope) -> Steps:
    left = yield read(product.left, span.children[0], scope)
    right = yield read(product.right, span.children[1], scope)
    return operations.matmul(left, right)


def _compare(comparison: written.Compare, span: Span, scope: Scope) -> Steps:
    values = yield Task(_all(comparison.operands, span.children, scope), scope.source, span)
    return operations.compare(values, comparison.operators)


def _tuple(shape: written.Tuple, span: Span, scope: Scope) -> Steps:
    values = yield Task(_all(shape.items, span.children, scope), scope.source, span)
    return tuple(values)


def _call(call: written.Call, span: Span, scope: Scope) -> Steps:
    word = call.function
    if word in scope.arguments:
        raise scope.error(f"`{word}` is an argument here, not a function", span)
    if word == "inside" and not scope.world.definitions(word):
        if len(call.arguments) != 1 or call.keywords:
            raise scope.error("inside(…) takes one expression", span)
        return (yield read(call.arguments[0], span.children[0], scope.inside()))
    arguments, keywords = [], {}
    for part, place in zip(call.arguments, span.children, strict=False):
        arguments.append((yield read(part, place, scope)))
    places = span.children[len(arguments) :]
    for (key, part), place in zip(call.keywords, places, strict=True):
        if key in keywords:
            raise scope.error(f"`{key}` is given twice", place.keyword)
        truth = calls.TRUTH.get(part.name) if isinstance(part, Name) else None
        if truth is not None and key != "keepdims" and repr(part) in scope.known():
            truth = None  # a tensor of that name
        keywords[key] = (yield read(part, place, scope)) if truth is None else truth
    try:
        return (yield Task(calls.call(word, arguments, keywords, span, scope), None, None))
    except ArgumentError as error:
        raise placed(error, call, span, scope.source) from None


def _subscript(expression: written.Subscript, span: Span, scope: Scope) -> Steps:
    base = expression.base
    if isinstance(base, Name) and base.name in scope.indices and base.name not in scope.arguments:
        # an index cannot be subscripted, so this is the tensor of that name
        scope_of_base = Scope(scope.world, scope.source, scope.frame, None, scope.arguments, scope.sizes)
        value = yield read(base, span.children[0], scope_of_base)
    else:
        value = yield read(base, span.children[0], scope)
    if not isinstance(value, Value):
        raise scope.error("a shape has no subscripts", span)
    parts, places = expression.subscripts, span.children[1:]
    lead: tuple[Affine, ...] = ()
    if isinstance(parts[0], written.Ellipsis_):
        parts, places = parts[1:], places[1:]
        lead = _leading(value, value.rank - len(parts), scope, span)
    if len(parts) + len(lead) != value.rank:
        have = "no axes" if not value.rank else "1 axis" if value.rank == 1 else f"{value.rank} axes"
        here = "here is 1 subscript" if len(parts) == 1 else f"here are {len(parts)} subscripts"
        raise scope.error(f"`{text(base)}` has {have}, and {here}", span)
    forms: list[Affine] = list(lead)
    for part, place in zip(parts, places, strict=True):
        form = yield Task(_affine(part, place, scope), scope.source, place)
        axis = len(forms)
        name = value.name or (f"{base.function}(…)" if isinstance(base, written.Call) else "this")
        scope.frame.accesses.append(
            Access(form, value.extents[axis], scope.guarded, name, axis, scope.source, start(place))
        )
        forms.append(form)
    return Value((), element(value, forms, scope), value.name and f"{value.name}[…]")


def _leading(value: Value, count: int, scope: Scope, span: Span) -> tuple[Affine, ...]:
    """`...` stands for the last of the leading axes, as NumPy aligns them."""
    if not scope.ellipsis and count:
        hint = "`...` is for functions whose left side has it: f(x)[...,i] = …"
        raise scope.error("`...` stands for no axes here", span, hint)
    if count < 0 or count > len(scope.ellipsis):
        raise scope.error(f"`...` stands for {len(scope.ellipsis)} axes, and {value.called} has not as many", span)
    tokens = scope.ellipsis[len(scope.ellipsis) - count :]
    return tuple(
        affine(0) if extent.value == 1 and token.key.extent.value != 1 else affine(token)
        for token, extent in zip(tokens, value.extents, strict=False)
    )


def _affine(part: Expression, span: Span, scope: Scope) -> Steps:
    if isinstance(part, written.Ellipsis_):
        raise scope.error("`...` comes first", span)
    value = yield read(part, span, scope.within_subscript())
    form = subscript(value.body) if isinstance(value, Value) and not value.rank else None
    if form is None:
        raise scope.error(f"`{text(part)}` cannot be a subscript", start(span), _why(value))
    return form


def _why(value: Any) -> str:
    tensor = value.body.tensor if isinstance(value, Value) and isinstance(value.body, Read) else None
    if tensor is not None and tensor.name:
        return f"a tensor may stand in a subscript if it is declared so: input {tensor.name}[…] : integer"
    return "a subscript is a sum of indices times whole numbers, as in 2*p+r, or an integer input"


def element(value: Value, forms: list[Affine], scope: Scope) -> Scalar:
    """One element; a formula that is subscripted becomes a tensor first, so that each element is computed once."""
    if not scope.guarded:
        return at(value if simple(value) else node_value(value), forms)
    tensor = value if permutes(value) else node_value(value)
    body = at(tensor, forms)
    if isinstance(body, Read) and permutes(tensor):
        return Read(body.tensor, body.subscripts, True)
    for form, extent in zip(forms, value.extents, strict=True):
        within = apply("and", apply("le", ZERO, position(form)), apply("lt", position(form), position(extent)))
        body = apply("where", within, body, ZERO)
    return body


def _reduce(reduction: written.Reduce, span: Span, scope: Scope) -> Steps:
    tokens = yield Task(bind(reduction.indices, span.children[:-1], scope), scope.source, span)
    body = yield read(reduction.body, span.children[-1], scope.binding(tokens))
    if not isinstance(body, Value) or body.rank:
        raise scope.error(
            f"a reduction over indices has a scalar inside, and `{text(reduction.body)}` has axes",
            span.children[-1],
            f"write {reduction.kind}(…) to reduce whole tensors, or give it subscripts",
        )
    return Value((), Reduce(reduction.kind, tuple(tokens.values()), body.body))


def bind(bounds: tuple[Any, ...], spans: tuple[Span, ...], scope: Scope) -> Steps:
    """Fresh indices for the names that are bound here; `...` among them is bound by the caller."""
    if len(bounds) > MAX_RANK:
        raise scope.error(f"more than {MAX_RANK} indices", spans[MAX_RANK])
    tokens: dict[str, Index] = {}
    for one, span in zip(bounds, spans, strict=True):
        if not isinstance(one, Bound):
            continue
        if one.name in tokens:
            raise scope.error(f"index {one.name} is named twice", span)
        extent = None
        if one.extent is not None:
            extent = yield Task(extent_of(one.extent, span.children[0], scope), scope.source, span.children[0])
        tokens[one.name] = bound(one.name, extent, scope.source, span)
    scope.frame.tokens.extend(tokens.values())
    return tokens


def extent_of(expression: Expression, span: Span, scope: Scope) -> Steps:
    """An expression as a size: whole numbers, sizes, constants, and what arithmetic makes of them."""
    value = yield read(expression, span, scope.within_subscript())
    extent = constant(value) if isinstance(value, Value) else None
    if extent is None:
        hint = "an extent is made of whole numbers and sizes; for a triangle write where(j <= i, …, 0)"
        raise scope.error(f"`{text(expression)}` is no size", span, hint)
    if extent.value is not None and extent.value < 0:
        raise scope.error(f"a size cannot be {extent}", span)
    return extent


def _stray(expression: Expression, span: Span, scope: Scope) -> Steps:
    raise scope.error(f"`{text(expression)}` has no meaning here", span)
    yield


READERS: dict[type[Expression], Callable[..., Steps]] = {
    written.Number: _number,
    written.Name: _name,
    written.Call: _call,
    written.Subscript: _subscript,
    written.Reduce: _reduce,
    written.Sum: _flat(plus, "+"),
    written.Product: _flat(times, "*"),
    written.Quotient: _flat(over, "/"),
    written.Power: _flat(raised, "**"),
    written.Negative: _flat(opposite, "-"),
    written.FloorQuotient: _floor,
    written.MatMul: _matmul,
    written.Compare: _compare,
    written.Tuple: _tuple,
    written.Ellipsis_: _stray,
    written.Bound: _stray,
}
