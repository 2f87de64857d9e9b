"""Functions that come back to themselves are refused before anything calls them."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.errors import GraphcError
from ..language.expression import Call, Definition, Expression, Source, Span

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
    stack: list[tuple[Expression, Span]] = [(definition.right, definition.span.children[-1])]
    while stack:
        part, span = stack.pop()
        if isinstance(part, Call) and part.function in functions:
            found.append((part.function, span))
        stack.extend(zip(part.children, span.children, strict=True))
    return found[::-1]
