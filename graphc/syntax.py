"""The language as data: kinds of expression and statement, and text both ways, for who changes a network's equations.

`net.statements` are what a file says, and `net.restated(statements)` is the network that says something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .graph.library import formulas as _formulas
from .graph.text import statement as _statement
from .language.constant import constant
from .language.expression import (
    Bound,
    Call,
    Compare,
    Constant,
    Declaration,
    Definition,
    Ellipsis_,
    Equation,
    Expression,
    FloorQuotient,
    Mark,
    MatMul,
    Name,
    Negative,
    Number,
    Parameter,
    Power,
    Product,
    Quotient,
    Reduce,
    Statement,
    Subscript,
    Sum,
    Tuple,
)
from .language.parse import parse_expression, parse_statement
from .language.text import statement_text, text

if TYPE_CHECKING:
    from .graph.node import Node

__all__ = [
    "Bound",
    "Call",
    "Compare",
    "Constant",
    "Declaration",
    "Definition",
    "Ellipsis_",
    "Equation",
    "Expression",
    "FloorQuotient",
    "Mark",
    "MatMul",
    "Name",
    "Negative",
    "Number",
    "Parameter",
    "Power",
    "Product",
    "Quotient",
    "Reduce",
    "Statement",
    "Subscript",
    "Sum",
    "Tuple",
    "constant",
    "formulas",
    "parse_expression",
    "parse_statement",
    "statement_text",
    "text",
]


def formulas(name: str) -> tuple[Definition, ...]:
    """The library's formulas for a function, one for each kind of shape; none for what is no formula."""
    table = _formulas()
    return table.get(name, ())


def equation(node: Node, names: Mapping[Node, str | None]) -> Equation:
    """What computes a node, as one equation. `names` come before what tensors are called; the rest is written out."""

    def name_of(other: Node) -> str | None:
        return names.get(other, other.name)

    made = parse_statement(_statement(node, name_of))
    assert isinstance(made, Equation)
    return made
