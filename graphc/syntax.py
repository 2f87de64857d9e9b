"""The language as data: kinds of expression and statement, and text both ways, for who changes a network's equations.

`net.statements` are what a file says, and `net.restated(statements)` is the network that says something else.
"""

from __future__ import annotations

from .graph.library import formulas as _formulas
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
