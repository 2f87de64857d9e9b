"""Calls: of a net's own functions, of the library's formulas, and of forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import Bound, Definition, Ellipsis_, Expression, Name, Number, Span, Subscript
from ..language.hints import ELSEWHERE, near
from . import demands
from .arguments import ArgumentError
from .extents import Frame, bound
from .extract import flat, node_value
from .forms import FORMS
from .scalar import Index, affine, move
from .scope import Scope, Steps, Task
from .size import Size
from .value import (
    Value,
    axes,
    broadcast,
    constant,
    is_open,
    shape_text,
    shared,
    simple,
)

TRUTH = {"true": True, "false": False, "True": True, "False": False}
LEADING = "nmpquvwxyzabcdefgh"  # what the axes that `...` stands for are called
CALL = 40  # a call costs as much time as so many other parts of a text


def names() -> Iterable[str]:
    from .library import formulas

    return {*FORMS, *formulas(), "inside"}


def call(name: str, arguments: Sequence[Any], keywords: dict[str, Any], span: Span | None, scope: Scope) -> Steps:
    """What a function makes of its arguments: values, shapes, truths."""
    definitions = scope.world.definitions(name)
    if definitions:
        with _numbered(definitions[0], arguments):
            return (yield from _defined(name, definitions[0], scope, arguments, keywords))
    if name in FORMS:
        return FORMS[name](name, list(arguments), keywords, scope)
    from .library import WORLD, formulas

    table = formulas()
    if name in table:
        home = Scope(WORLD, None, scope.frame)
        definition = _fitting(table[name], arguments, keywords)
        try:
            with _numbered(definition, arguments):
                return (yield from _defined(name, definition, home, arguments, keywords, library=True))
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
    known = ELSEWHERE.get(name) or near(name, {*names(), *scope.world.known()})
    return scope.error(f"there is no function `{name}`", span, known)


def _defined(
    name: str,
    definition: Definition,
    home: Scope,
    arguments: Sequence[Any],
    keywords: dict[str, Any],
    library: bool = False,
) -> Steps:
    """A call of a function that is a formula; `home` is where the formula was written."""
    inner = Scope(home.world, home.source, Frame(home.frame))
    inner.arguments = given = yield from _given(name, definition, arguments, keywords, inner)
    inner.sizes = _axis_sizes(name, definition, given, library)
    if library:
        demands.check(name, given)
    if definition.indices is not None:
        inner.ellipsis = _ellipsis(name, definition, given)
    right = definition.span.children[-1]
    if definition.indices is None:
        uses = _uses(definition)
        for key, value in given.items():
            if isinstance(value, Value) and uses.get(key, 0) > 1 and not simple(value) and constant(value) is None:
                given[key] = (
                    Value(value.extents, shared(value.body), value.name) if is_open(value) else node_value(value)
                )
        value = yield _read(definition.right, right, inner)
        inner.frame.infer()
        return _closed(value)
    for key, value in given.items():
        if isinstance(value, Value) and not simple(value) and constant(value) is None:
            given[key] = node_value(value)
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
        message = f"{_signature(name, definition)} takes {_count(parameters)}, and here are {len(arguments)}"
        raise ArgumentError(len(parameters), message)
    given: dict[str, Any] = dict(zip((p.name for p in parameters), arguments, strict=False))
    for key, value in keywords.items():
        if key in given:
            raise ArgumentError(key, f"{_signature(name, definition)} is given `{key}` twice", named=True)
        if all(p.name != key for p in parameters):
            hint = near(key, [p.name for p in parameters])
            raise ArgumentError(key, f"{_signature(name, definition)} has no argument `{key}`", hint, named=True)
        given[key] = value
    inner.arguments = given
    for parameter in parameters:
        if parameter.name in given:
            continue
        if parameter.default is None:
            raise GraphcError(f"{_signature(name, definition)} wants `{parameter.name}`")
        value = yield _read(parameter.default, parameter.place or definition.span, inner)
        given[parameter.name] = value
    return given


@contextmanager
def _numbered(definition: Definition, arguments: Sequence[Any]) -> Iterator[None]:
    """In errors the arguments that were given without a name go by their number."""
    try:
        yield
    except ArgumentError as error:
        names = [parameter.name for parameter in definition.parameters[: len(arguments)]]
        if isinstance(error.which, str) and not error.named and error.which in names:
            error.which = names.index(error.which)
        raise


def _count(parameters: Sequence[Any]) -> str:
    return "1 argument" if len(parameters) == 1 else f"{len(parameters)} arguments"


def _signature(name: str, definition: Definition) -> str:
    return f"{name}({', '.join(p.name for p in definition.parameters)})"


def _axis_sizes(name: str, definition: Definition, given: dict[str, Any], library: bool) -> dict[str, Size]:
    """`x[N,C]` among the parameters names the argument's axes inside; the user does not see those of the library."""
    sizes: dict[str, Size] = {}
    origins: dict[str, Value] = {}
    for parameter in definition.parameters:
        value = given[parameter.name]
        if parameter.dims is None:
            continue
        if not isinstance(value, Value):
            raise ArgumentError(parameter.name, f"{_signature(name, definition)}: `{parameter.name}` is a tensor")
        dims = [dim for dim in parameter.dims if not isinstance(dim, Ellipsis_)]
        leading = len(dims) < len(parameter.dims)
        if value.rank != len(dims) and not (leading and value.rank >= len(dims)):
            shown = ", ".join("..." if isinstance(d, Ellipsis_) else repr(d) for d in parameter.dims)
            count = f"{'at least ' * leading}{len(dims)} {'axis' if len(dims) == 1 else 'axes'}"
            wanted = f"`{parameter.name}` with {count}" if library else f"{parameter.name}[{shown}]"
            raise ArgumentError(
                parameter.name,
                f"{_signature(name, definition)} wants {wanted}, "
                f"and {value.called} has shape {shape_text(value.extents)}",
            )
        for dim, extent in zip(reversed(dims), reversed(value.extents), strict=False):
            if isinstance(dim, Number):
                if extent.value is not None and extent.value != dim.value:
                    message = f"axis {dim} of {parameter.name} has {extent} elements in {value.called}"
                    raise ArgumentError(parameter.name, message)
            elif isinstance(dim, Name) and sizes.setdefault(dim.name, extent) is not extent:
                one, two = (f"{v.name} {shape_text(v.extents)}".strip() for v in (origins[dim.name], value))
                message = f"{_signature(name, definition)}: size {dim.name} is {sizes[dim.name]} and {extent}"
                if library:
                    message = (
                        f"{name}: {one} and {two} do not fit: where one has {sizes[dim.name]}, the other has {extent}"
                    )
                raise ArgumentError(parameter.name, message)
            if isinstance(dim, Name):
                origins.setdefault(dim.name, value)
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
                    raise ArgumentError(
                        part.base.name,
                        f"{_signature(name, definition)} wants at least {rest} {'axis' if rest == 1 else 'axes'}, "
                        f"and {value.called} has shape {shape_text(value.extents)}",
                        f"it takes whole tensors: {name}(x), or {name}(x)[i,j] for one element",
                    )
                fronts.append(Value(value.extents[: value.rank - rest], value.body, value.name))
        if isinstance(part, (Bound, Name)):
            taken.add(part.name)
        stack.extend(part.children)
    if not isinstance(definition.indices[0] if definition.indices else None, Ellipsis_):
        return ()
    shape = broadcast(fronts) if fronts else ()
    taken |= {index.name for index in definition.indices if isinstance(index, Bound)}
    letters = [letter for letter in LEADING if letter not in taken]
    return tuple(bound(letters[k % len(letters)], extent) for k, extent in enumerate(shape))
