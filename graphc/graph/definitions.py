"""A net's own functions are checked before anything calls them: no loops, and no names without a meaning."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.errors import GraphcError
from ..language.expression import Bound, Call, Definition, Expression, Name, Reduce, Source, Span
from . import calls
from .extents import Frame
from .reader import unknown
from .scalar import ZERO
from .scope import Scope, World
from .size import size
from .value import Value

Functions = Mapping[str, tuple[Definition, ...]]


def refuse_recursion(functions: Functions, source: Source | None) -> None:
    called = {name: _called(definitions[0], functions) for name, definitions in functions.items()}
    done: set[str] = set()
    for start in called:
        if start in done:
            continue
        path: dict[str, None] = {start: None}
        stack = [(start, iter(called[start]))]
        while stack:
            name, pending = stack[-1]
            for callee, span in pending:
                if callee in path:
                    through = f" through `{name}`" if callee != name else ""
                    hint = "a function is a formula, and has no loops"
                    raise GraphcError(f"`{callee}` calls itself{through}", hint).at(source, span)
                if callee not in done:
                    path[callee] = None
                    stack.append((callee, iter(called[callee])))
                    break
            else:
                done.add(name)
                del path[name]
                stack.pop()


def _called(definition: Definition, functions: Functions) -> list[tuple[str, Span]]:
    """The functions of the net that a formula calls, and where."""
    found: list[tuple[str, Span]] = []
    stack = _formulas(definition)
    while stack:
        part, span = stack.pop()
        if isinstance(part, Call) and part.function in functions:
            found.append((part.function, span))
        stack.extend(zip(part.children, span.children, strict=True))
    return found[::-1]


def _formulas(definition: Definition) -> list[tuple[Expression, Span]]:
    """The right side, and what its arguments are when they are left out."""
    defaults = [(p.default, p.place) for p in definition.parameters if p.default is not None and p.place is not None]
    return [*defaults, (definition.right, definition.span.children[-1])]


def check_definition(definition: Definition, world: World, source: Source | None) -> None:
    """Refuse a formula with a name that nothing gives a meaning, whether or not anything calls it."""
    arguments = {parameter.name: Value((), ZERO) for parameter in definition.parameters}
    scope = Scope(world, source, Frame(), arguments=arguments)
    scope.sizes = {
        dim.name: size(dim.name) for p in definition.parameters for dim in p.dims or () if isinstance(dim, Name)
    }
    bound = frozenset(index.name for index in definition.indices or () if isinstance(index, Bound))
    stack = [(part, span, bound) for part, span in _formulas(definition)]
    while stack:
        part, span, names = stack.pop()
        if isinstance(part, Name) and part.name not in names and not _means(part.name, scope):
            raise unknown(part.name, span, scope)
        if isinstance(part, Reduce):
            names |= {index.name for index in part.indices}
        if isinstance(part, Call) and not world.definitions(part.function) and part.function not in calls.names():
            raise calls.missing(part.function, span, scope)
        stack.extend((child, place, names) for child, place in zip(part.children, span.children, strict=True))


def _means(name: str, scope: Scope) -> bool:
    return (
        name in scope.arguments
        or scope.world.has_tensor(name)
        or scope.size(name) is not None
        or name in ("pi", *calls.TRUTH)
    )
