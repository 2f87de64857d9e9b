"""Calls: a net's own functions, the library's formulas, and the few forms that are no formula of one element."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from ..language.errors import GraphcError, did_you_mean
from ..language.expression import Bound, Definition, Ellipsis_, Expression, Name, Number, Span, Subscript
from ..language.hints import near
from . import operations
from .extents import Frame, bound
from .extract import LETTERS, flat, node_value
from .scalar import Index, Scalar, affine, apply, move
from .scope import Scope, Steps, Task
from .size import Size
from .value import (
    Value,
    axes,
    broadcast,
    constant,
    elementwise,
    exact,
    is_open,
    shape_text,
    shared,
    simple,
)

TRUTH = {"true": True, "false": False, "True": True, "False": False}
CALL = 40  # a call costs as much time as so many other parts of a text
REDUCTIONS = ("sum", "mean", "max", "min", "prod", "logsumexp")
ELEMENTWISE = ("exp", "log", "sin", "cos", "tanh", "erf", "sigma", "softplus", "abs", "sign", "step")


def names() -> Iterable[str]:
    from .library import formulas

    return {*FORMS, *formulas(), "inside"}


def call(name: str, arguments: Sequence[Any], keywords: dict[str, Any], span: Span | None, scope: Scope) -> Steps:
    """What a function makes of its arguments: values, shapes, truths."""
    definitions = scope.world.definitions(name)
    if definitions:
        return (yield from _defined(name, definitions, scope, arguments, keywords, span, scope))
    if name in FORMS:
        return FORMS[name](name, list(arguments), keywords, scope)
    from .library import WORLD, formulas

    table = formulas()
    if name in table:
        home = Scope(WORLD, None, scope.frame)
        try:
            return (yield from _defined(name, table[name], home, arguments, keywords, span, scope))
        except GraphcError as error:
            if error.line is None and not error.message.startswith((f"{name}: ", f"{name}(")):
                error.message = f"{name}: {error.message}"
            raise
    raise missing(name, span, scope)


def missing(name: str, span: Span | None, scope: Scope) -> GraphcError:
    """Why a name cannot be called."""
    if scope.world.has_tensor(name):
        hint = f"write {name}[…] for its elements, `*` to multiply"
        return scope.error(f"`{name}` is a tensor, not a function", span, hint)
    return scope.error(f"there is no function `{name}`", span, near(name, {*names(), *scope.world.known()}))


def _defined(
    name: str,
    definitions: tuple[Definition, ...],
    home: Scope,
    arguments: Sequence[Any],
    keywords: dict[str, Any],
    span: Span | None,
    scope: Scope,
) -> Steps:
    """A call of a function that is a formula; `home` is where the formula was written."""
    definition = _fitting(definitions, arguments, keywords)
    inner = Scope(home.world, home.source, Frame(scope.frame))
    inner.arguments = given = yield from _given(name, definition, arguments, keywords, inner)
    inner.sizes = _axis_sizes(name, definition, given)
    right = definition.span.children[-1]
    if definition.indices is None:
        uses = _uses(definition)
        for key, value in given.items():
            if isinstance(value, Value) and uses.get(key, 0) > 1 and not simple(value):
                given[key] = (
                    Value(value.extents, shared(value.body), value.name) if is_open(value) else node_value(value)
                )
        value = yield _read(definition.right, right, inner)
        inner.frame.infer()
        return _closed(value)
    for key, value in given.items():
        if isinstance(value, Value) and not simple(value):
            given[key] = node_value(value)
    inner.ellipsis = _ellipsis(name, definition, given)
    spans = definition.span.children[:-1]
    from .reader import bind

    tokens = yield Task(bind(definition.indices, spans, inner), inner.source, definition.span)
    value = yield _read(definition.right, right, inner.binding(tokens))
    if not isinstance(value, Value) or value.rank:
        raise GraphcError(
            f"the right side of {name} has axes of its own, {shape_text(value.extents)}, beside those on the left"
        ).at(inner.source, right)
    inner.frame.infer()
    order = (*inner.ellipsis, *tokens.values())
    body = flat(value.body)
    body = move(body, {token: affine(axis) for token, axis in zip(order, axes(len(order)), strict=True)})
    return Value(tuple(token.key.extent for token in order), body)


def _named(value: Value) -> Value:
    """The value so that using it twice costs nothing: a tensor, now or when the equation round it is done."""
    return Value(value.extents, shared(value.body), value.name) if is_open(value) else node_value(value)


def _closed(value: Any) -> Any:
    if not isinstance(value, Value):
        return value
    return Value(value.extents, flat(value.body, value.extents))


def _read(expression: Expression, span: Span, scope: Scope) -> Task:
    from .reader import read

    return read(expression, span, scope)._replace(parts=CALL)


def _fitting(definitions: tuple[Definition, ...], arguments: Sequence[Any], keywords: dict[str, Any]) -> Definition:
    """The first formula whose shapes fit, where one name has several: by rank alone."""
    for definition in definitions[:-1]:
        given = dict(zip((p.name for p in definition.parameters), arguments, strict=False)) | keywords
        if _lead(definition, given) is not None:
            return definition
    return definitions[-1]


def _lead(definition: Definition, given: dict[str, Any]) -> int | None:
    """How many axes `...` stands for in a definition's brackets; None where the ranks do not fit them."""
    lead: int | None = None
    for parameter in definition.parameters:
        value = given.get(parameter.name)
        if parameter.dims is None or not isinstance(value, Value):
            continue
        rest = [dim for dim in parameter.dims if not isinstance(dim, Ellipsis_)]
        extra = value.rank - len(rest)
        if len(rest) == len(parameter.dims):
            if extra:
                return None
        elif extra < 0 or (lead is not None and lead != extra):
            return None
        else:
            lead = extra
    return lead or 0


def _given(
    name: str, definition: Definition, arguments: Sequence[Any], keywords: dict[str, Any], inner: Scope
) -> Steps:
    parameters = definition.parameters
    if len(arguments) > len(parameters):
        raise GraphcError(f"{_signature(name, definition)} takes {_count(parameters)}, and here are {len(arguments)}")
    given: dict[str, Any] = dict(zip((p.name for p in parameters), arguments, strict=False))
    for key, value in keywords.items():
        if key in given:
            raise GraphcError(f"{_signature(name, definition)} is given `{key}` twice")
        if all(p.name != key for p in parameters):
            hint = did_you_mean(key, [p.name for p in parameters])
            raise GraphcError(f"{_signature(name, definition)} has no argument `{key}`", hint)
        given[key] = value
    inner.arguments = given
    for parameter in parameters:
        if parameter.name in given:
            continue
        if parameter.default is None:
            raise GraphcError(f"{_signature(name, definition)} wants `{parameter.name}`")
        value = yield _read(parameter.default, _everywhere(parameter.default, definition.span), inner)
        given[parameter.name] = value
    return given


def _everywhere(expression: Expression, span: Span) -> Span:
    """Spans for an expression that has none of its own."""
    made: dict[Expression, Span] = {}
    stack = [expression]
    while stack:
        part = stack[-1]
        missing = [child for child in part.children if child not in made]
        stack.extend(missing)
        if not missing:
            made[part] = Span(span.line, span.column, tuple([made[child] for child in part.children]))
            stack.pop()
    return made[expression]


def _count(parameters: Sequence[Any]) -> str:
    return "1 argument" if len(parameters) == 1 else f"{len(parameters)} arguments"


def _signature(name: str, definition: Definition) -> str:
    return f"{name}({', '.join(p.name for p in definition.parameters)})"


def _axis_sizes(name: str, definition: Definition, given: dict[str, Any]) -> dict[str, Size]:
    """`x[N,C]` among the parameters names the argument's axes inside."""
    sizes: dict[str, Size] = {}
    for parameter in definition.parameters:
        value = given[parameter.name]
        if parameter.dims is None:
            continue
        if not isinstance(value, Value):
            raise GraphcError(f"{_signature(name, definition)}: `{parameter.name}` is a tensor")
        dims = [dim for dim in parameter.dims if not isinstance(dim, Ellipsis_)]
        leading = len(dims) < len(parameter.dims)
        if value.rank != len(dims) and not (leading and value.rank >= len(dims)):
            wanted = f"[{', '.join('...' if isinstance(d, Ellipsis_) else repr(d) for d in parameter.dims)}]"
            raise GraphcError(
                f"{_signature(name, definition)} wants {parameter.name}{wanted}, "
                f"and {value.called} has shape {shape_text(value.extents)}"
            )
        for dim, extent in zip(reversed(dims), reversed(value.extents), strict=False):
            if isinstance(dim, Number):
                if extent.value is not None and extent.value != dim.value:
                    raise GraphcError(f"axis {dim} of {parameter.name} has {extent} elements in {value.called}")
            elif isinstance(dim, Name) and sizes.setdefault(dim.name, extent) is not extent:
                raise GraphcError(f"{_signature(name, definition)}: size {dim.name} is {sizes[dim.name]} and {extent}")
    return sizes


def _uses(definition: Definition) -> dict[str, int]:
    """How often a formula names each of its arguments."""
    counts: dict[str, int] = {}
    stack: list[Expression] = [definition.right]
    while stack:
        part = stack.pop()
        if isinstance(part, Name):
            counts[part.name] = counts.get(part.name, 0) + 1
        stack.extend(part.children)
    return counts


def _ellipsis(name: str, definition: Definition, given: dict[str, Any]) -> tuple[Index, ...]:
    """Indices for the axes that `...` stands for: what the arguments read with `...` have in front, broadcast."""
    assert definition.indices is not None
    fronts: list[Value] = []
    stack: list[Expression] = [definition.right]
    taken = set()
    while stack:
        part = stack.pop()
        if isinstance(part, Subscript) and isinstance(part.subscripts[0], Ellipsis_) and isinstance(part.base, Name):
            value = given.get(part.base.name)
            if isinstance(value, Value):
                rest = len(part.subscripts) - 1
                if value.rank < rest:
                    raise GraphcError(
                        f"{_signature(name, definition)} wants at least {rest} {'axis' if rest == 1 else 'axes'}, "
                        f"and {value.called} has shape {shape_text(value.extents)}"
                    )
                fronts.append(Value(value.extents[: value.rank - rest], value.body, value.name))
        if isinstance(part, (Bound, Name)):
            taken.add(part.name)
        stack.extend(part.children)
    if not isinstance(definition.indices[0] if definition.indices else None, Ellipsis_):
        return ()
    shape = broadcast(fronts) if fronts else ()
    taken |= {index.name for index in definition.indices if isinstance(index, Bound)}
    letters = [letter for letter in ("n", *LETTERS) if letter not in taken]
    return tuple(bound(letters[k % len(letters)], extent) for k, extent in enumerate(shape))


# Forms: functions of whole tensors that no formula of one element says.


def _arguments(name: str, given: list[Any], keywords: dict[str, Any], least: int, most: int, known: str = "") -> None:
    for key in keywords:
        if key not in known.split():
            hint = did_you_mean(key, known.split()) or (f"it takes {', '.join(known.split())}" if known else None)
            raise GraphcError(f"{name}(…) has no argument `{key}=`", hint)
    if not least <= len(given) <= most:
        wanted = str(least) if least == most else f"{least} or more" if most > 9 else f"{least} to {most}"
        raise GraphcError(f"{name}(…) takes {wanted} argument{'s' * (wanted != '1')}, and here are {len(given)}")
    for value in given:
        if not isinstance(value, Value):
            raise GraphcError(f"{name}(…) takes a tensor here, not a shape")


def _integers(what: str, value: Any) -> int | tuple[int, ...]:
    if isinstance(value, tuple):
        return tuple(_integer(what, one) for one in value)
    return _integer(what, value)


def _integer(what: str, value: Any) -> int:
    extent = constant(value) if isinstance(value, Value) else None
    if extent is None or extent.value is None:
        raise GraphcError(f"`{what}` is a whole number")
    return extent.value


def _reduction(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    if name in ("max", "min") and len(given) == 2:
        _arguments(name, given, keywords, 2, 2)
        return elementwise(_apply(name), given)
    if len(given) > 1:
        hint = f"write {name}(x, axis=1) to reduce an axis"
        raise GraphcError(f"{name}(…) takes one tensor, and here are {len(given)} arguments", hint)
    _arguments(name, given, keywords, 1, 1, "axis keepdims")
    axis = _integers("axis", keywords["axis"]) if "axis" in keywords else -1 if name == "logsumexp" else None
    keepdims = keywords.get("keepdims", False)
    if not isinstance(keepdims, bool):
        raise GraphcError("`keepdims` is true or false")
    return operations.reduced(name, given[0], axis, keepdims)


def _apply(operation: str) -> Callable[..., Scalar]:
    return lambda *parts: apply(operation, *parts)


def _elementwise(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1)
    return elementwise(_apply(name), given)


def _where(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 3, 3)
    return operations.where(*given)


def _transpose(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1, "axes")
    order = keywords.get("axes")
    return operations.transpose(given[0], None if order is None else operations._many(_integers("axes", order)))


def _flatten(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1)
    return operations.flatten(given[0])


def _concat(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 10**6, "axis")
    return operations.concat(given, _integer("axis", keywords["axis"]) if "axis" in keywords else 0)


def _reshape(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    if len(given) != 2:
        raise GraphcError("reshape(…) takes a tensor and a shape", "as in reshape(x, (n, 400))")
    _arguments(name, given[:1], keywords, 1, 1)
    shape = given[1] if isinstance(given[1], tuple) else (given[1],)
    extents: list[Size | None] = []
    for one in shape:
        extent = constant(one) if isinstance(one, Value) else None
        if extent is None or (extent.value is not None and extent.value < -1):
            raise GraphcError("a shape is made of whole numbers and sizes, as in (n, 400)")
        extents.append(None if extent.value == -1 else extent)
    return operations.reshape(given[0], extents)


def _dropout(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    rate = keywords.pop("rate", None)
    given = given if rate is None else [*given, rate]
    _arguments(name, given, keywords, 2, 2)
    chance = exact(given[1].body)
    if chance is None or not 0 <= chance < 1:
        raise GraphcError("the rate of a dropout is a number from 0 up to but not including 1")
    mask = scope.world.mask(given[0].extents, Fraction(chance))
    return operations.BINARY["mul"](given[0], mask)


FORMS: dict[str, Callable[[str, list[Any], dict[str, Any], Scope], Value]] = {
    **dict.fromkeys(REDUCTIONS, _reduction),
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    "where": _where,
    "transpose": _transpose,
    "flatten": _flatten,
    "concat": _concat,
    "reshape": _reshape,
    "dropout": _dropout,
}
