"""The language's functions and operators for nodes made in Python: nodes and numbers in, a node out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from numbers import Rational, Real
from typing import Any

from ..language.errors import GraphcError
from ..language.expression import Definition
from ..language.parse import parse_statement
from . import calls, operations
from .definitions import check_definition, refuse_recursion
from .extents import Frame
from .extract import as_node, settled
from .library import WORLD, Library
from .node import Node
from .scope import Scope, Task, run
from .size import Size, size
from .value import Value, elementwise, of_node, of_number, of_size, opposite

Operand = Node | Real | Size | str


def call(
    name: str, arguments: Sequence[Any], keywords: Mapping[str, Any] | None = None, world: Library = WORLD
) -> Node:
    """`softmax(z)`, `sum(x, axis=1)`, `reshape(x, ("n", 400))`: any function that every net has."""
    given = [_given(argument) for argument in arguments]
    named = {key: _given(value) for key, value in (keywords or {}).items()}
    scope = Scope(world, None, Frame())
    return _node(run(Task(calls.call(name, given, named, None, scope), None, None)))


def names() -> list[str]:
    """Every function that `call` knows."""
    return sorted(calls.names())


def binary(operation: str, left: Operand, right: Operand) -> Node:
    """add sub mul div pow matmul, or a comparison: lt le gt ge eq ne."""
    return _node(operations.BINARY[operation](_value(left), _value(right)))


def negative(operand: Operand) -> Node:
    return _node(elementwise(opposite, [_value(operand)], "-"))


def define(text: str) -> Callable[..., Node]:
    """A function of nodes from one line: `swish(z) = z*sigma(z)`."""
    statement = parse_statement(text, "<op>")
    if not isinstance(statement, Definition):
        raise GraphcError("an op is a definition", "as in swish(z) = z*sigma(z)")
    world = _Defined(statement)

    def function(*arguments: Any, **keywords: Any) -> Node:
        return call(statement.name, arguments, keywords, world)

    function.__name__ = function.__qualname__ = statement.name
    function.__doc__ = text
    return function


class _Defined(Library):
    """The library's world with one function more."""

    def __init__(self, definition: Definition) -> None:
        super().__init__()
        self._functions = {definition.name: (definition,)}
        refuse_recursion(self._functions, None)
        check_definition(definition, self, None)

    def definitions(self, name: str) -> tuple[Definition, ...]:
        return self._functions.get(name, ())


def _given(argument: Any) -> Any:
    if isinstance(argument, bool):
        return argument
    if isinstance(argument, (tuple, list)):
        return tuple(_value(one) for one in argument)
    return _value(argument)


def _value(operand: Any) -> Value:
    if isinstance(operand, Node):
        return of_node(operand)
    if isinstance(operand, str):
        return of_size(size(operand))
    if isinstance(operand, Size):
        return of_size(operand)
    if isinstance(operand, Rational):
        return of_number(Fraction(int(operand.numerator), int(operand.denominator)))
    if isinstance(operand, Real) and isfinite(operand):
        return of_number(Fraction(repr(float(operand))))
    raise GraphcError(f"{type(operand).__name__} {operand!r} is neither a node nor a finite number")


def _node(value: Any) -> Node:
    if not isinstance(value, Value):
        raise GraphcError("a shape is no tensor")
    return as_node(settled(value))
