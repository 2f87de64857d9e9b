"""Expressions and statements as text, the parser's inverse: `parse(text(e)) is e`.

Brackets stand only where the grammar needs them. Inside `[…]` everything is written without spaces, as on a slide.
Each kind says in one row how it is written; a work list takes the place of recursion, so length and depth are free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .expression import (
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
    NetText,
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
from .numerals import numeral

# how tightly a kind holds together; a place that wants more puts brackets round it
COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
LEVEL: dict[type[Expression], int] = {
    Compare: COMPARE,
    Sum: SUM,
    Product: PRODUCT,
    Quotient: PRODUCT,
    FloorQuotient: PRODUCT,
    MatMul: PRODUCT,
    Negative: SIGN,
    Power: POWER,
}

# A piece is ready text, or an expression with the level that its place wants.
Piece = str | tuple[Expression, int]
Writer = Callable[[Any, bool], list[Piece]]


def text(expression: Expression) -> str:
    """The expression in the `.net` language."""
    return _written([(expression, COMPARE)], False)


def _written(pieces: list[Piece], compact: bool) -> str:
    """Write pieces left to right; `_OPEN` and `_CLOSE` mark where the compact writing inside `[…]` starts and ends."""
    out: list[str] = []
    inside = int(compact)
    work = pieces[::-1]
    while work:
        piece = work.pop()
        if isinstance(piece, str):
            inside += (piece == _OPEN) - (piece == _CLOSE)
            out.append(piece)
            continue
        expression, wanted = piece
        more = WRITERS[type(expression)](expression, inside > 0)
        if _level(expression) < wanted:
            more = ["(", *more, ")"]
        work.extend(reversed(more))
    return "".join(out)


_OPEN, _CLOSE = "[", "]"


def _level(expression: Expression) -> int:
    if isinstance(expression, Number):
        if numeral(abs(expression.value)) is None:
            return PRODUCT
        return SIGN if expression.value < 0 else ATOM
    return LEVEL.get(type(expression), ATOM)


def _separated(items: Iterable[Piece], separator: str) -> list[Piece]:
    pieces: list[Piece] = []
    for item in items:
        pieces += [separator, item]
    return pieces[1:]


def _listed(expressions: Iterable[Expression], compact: bool) -> list[Piece]:
    return _separated([(expression, COMPARE) for expression in expressions], "," if compact else ", ")


def _compare(compare: Compare, compact: bool) -> list[Piece]:
    pieces: list[Piece] = [(compare.operands[0], SUM)]
    for operator, operand in zip(compare.operators, compare.operands[1:], strict=True):
        pieces += [operator if compact else f" {operator} ", (operand, SUM)]
    return pieces


def _sum(sum_: Sum, compact: bool) -> list[Piece]:
    plus, minus = ("+", "-") if compact else (" + ", " - ")
    pieces: list[Piece] = [(sum_.terms[0], PRODUCT)]
    for term in sum_.terms[1:]:
        taken = _subtracted(term)
        pieces += [plus, (term, PRODUCT)] if taken is None else [minus, (taken, PRODUCT)]
    return pieces


def _subtracted(term: Expression) -> Expression | None:
    if isinstance(term, Number) and term.value < 0:
        return Number(-term.value)
    return term.operand if isinstance(term, Negative) else None


def _product(product: Product, compact: bool) -> list[Piece]:
    first, *others = product.factors
    times = " * " if _spaced(first, compact) else "*"
    pieces: list[Piece] = [(first, PRODUCT)]
    for factor in others:
        pieces += [times, (factor, SIGN)]
    return pieces


def _spaced(left: Expression, compact: bool) -> bool:
    """After `x @ W` on the left, ` * 2` keeps the eye from reading `W*2` first."""
    return isinstance(left, MatMul) and not compact


def _pair(sign: str) -> Writer:
    def write(pair: Any, compact: bool) -> list[Piece]:
        spaced = f" {sign} " if (sign == "@" and not compact) or _spaced(pair.left, compact) else sign
        return [(pair.left, PRODUCT), spaced, (pair.right, SIGN)]

    return write


def _call(call: Call, compact: bool) -> list[Piece]:
    comma = "," if compact else ", "
    pieces = _listed(call.arguments, compact)
    for key, value in call.keywords:
        pieces += [comma if pieces else "", f"{key}=", (value, COMPARE)]
    return [f"{call.function}(", *pieces, ")"]


def _tuple(tuple_: Tuple, compact: bool) -> list[Piece]:
    return ["(", *_listed(tuple_.items, compact), ",)" if len(tuple_.items) == 1 else ")"]


def _bracketed(expressions: Iterable[Expression]) -> list[Piece]:
    return [_OPEN, *_listed(expressions, True), _CLOSE]


def _number(number: Number, compact: bool) -> list[Piece]:
    """A number that no numeral says, a third or minus one, is written as an expression that is equal to it."""
    sign, size = "-" if number.value < 0 else "", abs(number.value)
    return [sign + (numeral(size) or f"{size.numerator}/{size.denominator}")]


WRITERS: dict[type[Expression], Writer] = {
    Number: _number,
    Name: lambda name, compact: [name.name],
    Ellipsis_: lambda ellipsis, compact: ["..."],
    Bound: lambda bound, compact: [bound.name] if bound.extent is None else [f"{bound.name}<", (bound.extent, SUM)],
    Call: _call,
    Subscript: lambda e, compact: [(e.base, ATOM), *_bracketed(e.subscripts)],
    Reduce: lambda e, compact: [e.kind, *_bracketed(e.indices), "(", (e.body, COMPARE), ")"],
    Tuple: _tuple,
    Power: lambda e, compact: [(e.left, ATOM), "**", (e.right, SIGN)],
    Negative: lambda e, compact: ["-", (e.operand, SIGN)],
    Product: _product,
    Quotient: _pair("/"),
    FloorQuotient: _pair("//"),
    MatMul: _pair("@"),
    Sum: _sum,
    Compare: _compare,
}


ASSUMPTIONS = {"binary": "in {0, 1}", "unit": "in (0, 1)"}


def statement_text(statement: Statement) -> str:
    """One line that parses to an equal statement, but for the places."""
    return STATEMENTS[type(statement)](statement)


def net_text(net: NetText) -> str:
    """A whole file, a statement a line."""
    return "".join(statement_text(statement) + "\n" for statement in net.statements)


def _declaration(declaration: Declaration) -> str:
    said = [ASSUMPTIONS.get(attribute, attribute) for attribute in declaration.attributes]
    said += [f"start({text(declaration.start)})"] if declaration.start is not None else []
    name = declaration.name + _dims(declaration.dims)
    return f"{declaration.kind} {name}" + (f" : {', '.join(said)}" if said else "")


def _dims(dims: tuple[Expression, ...]) -> str:
    return f"[{', '.join(map(text, dims))}]" if dims else ""


def _parameter(parameter: Parameter) -> str:
    if parameter.default is not None:
        return f"{parameter.name}={text(parameter.default)}"
    return parameter.name + _indices(parameter.dims)


def _indices(indices: Iterable[Expression] | None) -> str:
    return "" if indices is None else _written(_bracketed(indices), False)


def _equation(equation: Equation) -> str:
    mark = f"{equation.mark} " if equation.mark else ""
    return f"{mark}{equation.name}{_indices(equation.indices)} = {text(equation.right)}"


def _definition(definition: Definition) -> str:
    parameters = ", ".join(map(_parameter, definition.parameters))
    return f"{definition.name}({parameters}){_indices(definition.indices)} = {text(definition.right)}"


def _constant(constant: Constant) -> str:
    return f"const {constant.name} = {text(constant.value)}"


def _mark(mark: Mark) -> str:
    return f"{mark.kind} {', '.join(mark.names)}"


STATEMENTS: dict[type, Callable[[Any], str]] = {
    Declaration: _declaration,
    Constant: _constant,
    Mark: _mark,
    Equation: _equation,
    Definition: _definition,
}
