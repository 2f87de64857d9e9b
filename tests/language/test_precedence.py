"""What Python and a `.net` file can both write, both read alike."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from written import examples

from graphc.language.errors import GraphcError
from graphc.language.expression import (
    Call,
    Compare,
    Expression,
    FloorQuotient,
    MatMul,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Subscript,
    Sum,
    Tuple,
)
from graphc.language.parse import parse_expression

PAIRS = {ast.Div: Quotient, ast.FloorDiv: FloorQuotient, ast.MatMult: MatMul, ast.Pow: Power}
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def as_python_reads(written: str) -> Expression:
    return read(ast.parse(written, mode="eval").body)


def read(tree: Any) -> Expression:
    match tree:
        case ast.Constant():
            return Number(Fraction(str(tree.value)))
        case ast.Name():
            return Name(tree.id)
        case ast.UnaryOp(op=ast.USub()):
            return Negative(read(tree.operand))
        case ast.UnaryOp(op=ast.UAdd()):
            return read(tree.operand)
        case ast.BinOp(op=ast.Add()):
            return Sum((*chain(tree.left, Sum), read(tree.right)))
        case ast.BinOp(op=ast.Sub()):
            return Sum((*chain(tree.left, Sum), Negative(read(tree.right))))
        case ast.BinOp(op=ast.Mult()):
            return Product((*chain(tree.left, Product), read(tree.right)))
        case ast.BinOp():
            return PAIRS[type(tree.op)](read(tree.left), read(tree.right))
        case ast.Compare():
            operands = tuple(map(read, (tree.left, *tree.comparators)))
            return Compare(operands, tuple(COMPARISONS[type(sign)] for sign in tree.ops))
        case ast.Call():
            keywords = tuple((str(keyword.arg), read(keyword.value)) for keyword in tree.keywords)
            return Call(tree.func.id, tuple(map(read, tree.args)), keywords)
        case ast.Subscript():
            items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
            return Subscript(read(tree.value), tuple(map(read, items)))
        case ast.Tuple():
            return Tuple(tuple(map(read, tree.elts)))
    raise AssertionError(ast.dump(tree))


def chain(tree: Any, kind: type[Expression]) -> tuple[Expression, ...]:
    first = read(tree)
    return first.children if type(first) is kind else (first,)


ATOMS, SIGNS = "a b c 1 0.5 f(a) f(a,k=b) a[b] a[b,2] (a,b) (a,)", "+ - * / // @ ** < <= > >= == !="
atoms, signs = st.sampled_from(ATOMS.split()), st.sampled_from(SIGNS.split())
prefixes = st.sampled_from(["", "", "", "-", "+", "--"])


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """`-part + part ** -part`, sometimes in brackets."""
    operand = st.builds(str.__add__, prefixes, parts)
    rest = st.lists(st.builds("{}{}{}".format, st.sampled_from([" ", ""]), signs, operand), min_size=1, max_size=4)
    chains = st.builds(lambda first, more: first + "".join(more), operand, rest)
    return chains | chains.map("({})".format) | chains.map("f({})".format)


@examples(150)
@given(st.recursive(atoms, joined, max_leaves=12))
def test_operators_bind_as_in_python(written):
    try:
        read = parse_expression(written)[0]
    except GraphcError as error:
        assume(error.message != "a division by zero")  # a divisor of numbers alone may come to nothing
        raise
    assert read is as_python_reads(written)


@pytest.mark.parametrize(
    "written",
    [
        "-a**2",
        "-a**-b**-c",
        "2**-1",
        "a**b**c",
        "(a**b)**c",
        "-a*b",
        "-a/b",
        "a/b/c",
        "a/b*c",
        "a*b/c*d",
        "a//b*c@d",
        "a - b - c",
        "a - (b - c)",
        "a - -b",
        "a + -b*c",
        "a < b + c",
        "a < b <= c == d",
        "(a < b) < c",
        "-a < -b",
        "a*-b",
        "+a - +b",
        "2.*a + .5*b - 1.5e-1",
    ],
)
def test_the_textbook_cases_bind_as_in_python(written):
    assert parse_expression(written)[0] is as_python_reads(written)
