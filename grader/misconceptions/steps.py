"""A network in smaller steps: what a function is applied to has a name of its own, so that a slope has a point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import graphc as gc
from graphc.syntax import Call, Equation, Expression, Name, Statement, Subscript

from .edits import ELEMENTWISE, WHOLE_ROWS

BEFORE = "_before_"


def in_steps(network: gc.Network) -> gc.Network:
    """`h = tanh(x @ W + b)` as two equations, one for what stands in the brackets."""
    return network.restated(one for statement in network.statements for one in _split(statement))


def _split(statement: Statement) -> Iterator[Statement]:
    call = statement.right if isinstance(statement, Equation) else None
    if not isinstance(call, Call) or call.function not in ELEMENTWISE or call.function in WHOLE_ROWS or _is_read(call):
        yield statement
        return
    assert isinstance(statement, Equation)
    inner = Name(statement.name + BEFORE)
    read: Expression = inner
    if statement.indices:
        read = Subscript(inner, tuple(Name(index.name) for index in statement.indices))
    yield replace(statement, name=inner.name, right=call.arguments[0], mark=None)
    yield replace(statement, right=Call(call.function, (read, *call.arguments[1:]), call.keywords))


def _is_read(call: Call) -> bool:
    """Whether the function is applied to a tensor that has a name."""
    (first, *_) = call.arguments
    return isinstance(first, Name) or (isinstance(first, Subscript) and isinstance(first.base, Name))


def title(name: str) -> str:
    """The equation of the model that a step belongs to."""
    return name.removesuffix(BEFORE)
