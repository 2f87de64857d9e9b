"""The printer is the parser's inverse, and every part of an expression knows where it stands."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import NOWHERE, examples, expressions, statements

from graphc.language.expression import (
    Bound,
    Compare,
    Ellipsis_,
    Expression,
    FloorQuotient,
    MatMul,
    Name,
    Negative,
    NetText,
    Number,
    Power,
    Product,
    Quotient,
    Source,
    Span,
    Statement,
    Sum,
    Tuple,
)
from graphc.language.parse import parse_expression, parse_net, parse_statement
from graphc.language.tables import parser
from graphc.language.text import net_text, statement_text, text

blanks = st.sampled_from(["", " ", "\t", "  ", "\u00a0", "\ufeff", " \f "])


def spread(written: str, start: str, data: st.DataObject) -> str:
    """The same tokens with other white space; between two words there must be some."""
    out = ""
    for token in parser().parse_interactive(written, start).lexer_thread.lex(None):
        wordlike = out[-1:].isalnum() or out[-1:] in "_.*/<>=!"
        out += (data.draw(blanks) or (" " if wordlike else "")) + token
    return out


@examples(200)
@given(expressions)
def test_a_printed_expression_is_read_back_as_the_same_object(expression):
    assert parse_expression(text(expression))[0] is expression


@examples(60)
@given(expressions, st.data())
def test_white_space_changes_nothing(expression, data):
    assert parse_expression(spread(text(expression), "expression", data))[0] is expression


@examples(150)
@given(statements)
def test_a_printed_statement_is_read_back_as_an_equal_one(statement):
    assert placeless(parse_statement(statement_text(statement))) == statement


@examples(60)
@given(st.lists(statements, max_size=5))
def test_a_printed_file_is_printed_again_as_it_was(parts):
    written = net_text(NetText(Source("f.net", ""), tuple(parts)))
    read = parse_net(Source("f.net", written))
    assert net_text(read) == written
    assert [placeless(statement) for statement in read.statements] == parts


def placeless(statement: Statement) -> Statement:
    return replace(statement, span=NOWHERE)


@examples(150)
@given(expressions)
def test_every_part_of_an_expression_stands_where_its_span_says(expression):
    written = text(expression)
    work: list[tuple[Expression, Span]] = [(expression, parse_expression(written)[1])]
    while work:
        part, span = work.pop()
        assert opening(part)(written[span.column - 1 :]), (written, text(part), span)
        assert len(span.children) == len(part.children)
        work += zip(part.children, span.children, strict=True)


def opening(part: Expression):
    """What the text must look like where the part stands."""
    signs: dict[type[Expression], tuple[str, ...]] = {
        Sum: ("+", "-"), Product: ("*",), Quotient: ("/",), FloorQuotient: ("//",), MatMul: ("@",), Power: ("**",),
        Negative: ("-",), Tuple: ("(",), Ellipsis_: ("...",), Number: tuple("0123456789"),
    }  # fmt: skip
    kind = type(part)
    if kind in signs:
        return lambda rest: rest.startswith(signs[kind])
    if kind is Compare:
        return lambda rest: rest.startswith(part.operators[0])
    if kind in (Name, Bound):
        return lambda rest: rest.startswith(part.name)
    if hasattr(part, "base"):
        return opening(part.base)
    return lambda rest: rest.startswith(getattr(part, "function", None) or part.kind)


@pytest.mark.parametrize(
    "written",
    [
        "a + b - c",
        "-a**2",
        "(-a)**2",
        "a**-b**c",
        "(a**b)**c",
        "a*b/c*d",
        "a/(b*c)",
        "a - (b - c)",
        "a + (b + c)",
        "x @ W + b",
        "x @ W * 2",
        "(a < b) + c",
        "where(j <= i, x[n-1-i,j], 0)",
        "sum[c,r<3,s<2*k](x[n,c,2*p+r,2*q+s]*w[o,c,r,s])",
        "conv(x, w)[n,o,p,q] + b[o]",
        "reshape(x, (n, 400))",
        "reshape(x, (n,))",
        "mean(x, axis=-1, keepdims=true)",
        "E[tok[b,s],d]",
        "x[...,0]",
        "1.5*x + 0.0001 - 1e30",
    ],
)
def test_what_is_well_written_is_printed_as_it_was_written(written):
    assert text(parse_expression(written)[0]) == written


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7", Fraction(7)),
        (".5", Fraction(1, 2)),
        ("2.", Fraction(2)),
        ("1.5e-1", Fraction(3, 20)),
        ("1E3", Fraction(1000)),
        ("2.e+2", Fraction(200)),
        ("007", Fraction(7)),
        ("0.1", Fraction(1, 10)),
    ],
)
def test_numbers_are_read_exactly(written, value):
    assert parse_expression(written)[0] is Number(value)


@examples(100)
@given(st.fractions(min_value=0))
def test_a_number_that_no_numeral_says_is_printed_as_an_equal_quotient(value):
    read, _ = parse_expression(text(Number(value)))
    assert (read.left.value / read.right.value if isinstance(read, Quotient) else read.value) == value
