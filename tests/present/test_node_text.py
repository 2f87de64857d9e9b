"""Nodes as text in the language."""

from __future__ import annotations

from fractions import Fraction

import pytest

from graphc.graph.node import Leaf, Map, Node, plain_map
from graphc.graph.scalar import (
    ONE,
    ZERO,
    Affine,
    Apply,
    Index,
    Scalar,
    add,
    affine,
    apply,
    divide,
    mul,
    negative,
    number,
    position,
    power,
    subtract,
    where,
)
from graphc.graph.size import size
from graphc.graph.text import equation, formula
from graphc.language.parse import parse_expression, parse_statement
from graphc.language.text import text

N, M = size("n"), size("m")
X = Leaf("input", "x", (N, M))
T = Leaf("input", "t", (N,), ("binary",))
W = Leaf("param", "w", (M,))
B = Leaf("param", "b", ())
TOK = Leaf("input", "tok", (N, size(8)), ("integer",))
IMAGE = Leaf("input", "im", (N, size(3), size(32), size(32)))
KERNEL = Leaf("param", "K", (size(6), size(3), size(5), size(5)))


def at(*keys: int) -> tuple[Affine, ...]:
    return tuple(affine(Index(key)) for key in keys)


def vector(name: str | None, body: Scalar, label: str = "i") -> Map:
    return plain_map(name, (N,), body, (label,))


TIMES = plain_map(None, (N,), mul(X.read(at(0, 1)), W.read(at(1))), ("i", "j"), "sum", (M,))
A = vector("a", add(TIMES.read(at(0)), B.read(())))
a, t, b = A.read(at(0)), T.read(at(0)), B.read(())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (add(a, negative(t)), "a[i] - t[i]"),
        (divide(subtract(a, t), position("n")), "(a[i] - t[i])/n"),
        (mul(power(position("n"), -1), a), "a[i]/n"),
        (mul(a, power(b, -1), power(t, -1)), "a[i]/(b*t[i])"),
        (mul(number(-1), a, power(b, -1)), "-a[i]/b"),
        (add(b, mul(number(-1), a, power(b, -1))), "b - a[i]/b"),
        (mul(number(Fraction(1, 2)), a), "a[i]/2"),
        (mul(number(Fraction(-3, 4)), a), "-3*a[i]/4"),
        (mul(number(Fraction(1, 100)), a), "0.01*a[i]"),
        (mul(number(Fraction(1, 3)), a), "a[i]/3"),
        (add(a, number(-1)), "a[i] - 1"),
        (power(a, Fraction(1, 2)), "sqrt(a[i])"),
        (power(add(a, ONE), Fraction(-1, 2)), "1/sqrt(a[i] + 1)"),
        (power(a, -2), "1/a[i]**2"),
        (power(negative(a), 2), "(-a[i])**2"),
        (negative(power(a, 2)), "-a[i]**2"),
        (mul(add(a, b), subtract(a, b)), "(a[i] + b)*(a[i] - b)"),
        (Apply("max", (ZERO, a)), "max(0, a[i])"),
        (Apply("sigma", (negative(a),)), "sigma(-a[i])"),
        (where(Apply("le", (position(Index(0)), position(2))), a, b), "where(i <= 2, a[i], b)"),
        (where(Apply("and", (Apply("lt", (a, b)), Apply("le", (b, t)))), a, ONE), "where(a[i] < b <= t[i], a[i], 1)"),
        (
            where(Apply("and", (Apply("lt", (a, b)), Apply("gt", (a, t)))), a, ONE),
            "where(a[i] < b, where(a[i] > t[i], a[i], 1), 1)",
        ),
        (Apply("pi", ()), "pi"),
    ],
)
def test_a_body_reads_as_a_person_would_write_it(body: Scalar, expected: str) -> None:
    written = formula(vector("f", body))
    assert written == expected
    assert text(parse_expression(written)[0]) == written


def test_an_unnamed_tensor_is_written_out_where_it_is_read() -> None:
    assert equation(A) == "a[i] = sum[j](x[i,j]*w[j]) + b"


def test_a_name_given_to_an_unnamed_tensor_stands_in_its_place() -> None:
    assert equation(A, lambda node: node.name or "s") == "a[i] = s[i] + b"
    assert equation(TIMES, lambda node: node.name or "s") == "s[i] = sum[j](x[i,j]*w[j])"


def test_indices_that_would_mean_two_things_are_relabelled() -> None:
    exponent = plain_map(None, (N, M), apply("exp", X.read(at(0, 1))), ("i", "j"))
    rows = plain_map(None, (N,), exponent.read(at(0, 1)), ("i", "j"), "sum", (M,))
    softmax = plain_map("p", (N, M), divide(exponent.read(at(0, 1)), rows.read(at(0))), ("i", "j"))
    assert equation(softmax) == "p[i,j] = exp(x[i,j])/sum[k](exp(x[i,k]))"


@pytest.mark.parametrize("label", ["w", "x", "n"])
def test_an_index_never_has_the_name_of_a_tensor_or_size_in_its_formula(label: str) -> None:
    body = divide(mul(X.read(at(0, 1)), W.read(at(1))), position("n"))
    node = plain_map("f", (N,), body, ("i", label), "sum", (M,))
    assert equation(node) == "f[i] = sum[j](x[i,j]*w[j]/n)"


def test_extents_stand_only_where_no_read_fixes_them() -> None:
    shifted = (*at(0, 4), affine(Index(2)) + affine(Index(5)), affine(Index(3)) + affine(Index(6)))
    over = (size(3), size(5), size(5))
    labels = ("n", "o", "p", "q", "c", "r", "s")
    valid = (N, size(6), size(28), size(28))
    body = mul(IMAGE.read(shifted), KERNEL.read(at(1, 4, 5, 6)))
    assert equation(plain_map("c", valid, body, labels, "sum", over)) == (
        "c[n,o,p,q] = sum[c,r,s](im[n,c,p+r,q+s]*K[o,c,r,s])"
    )
    smaller = (N, size(6), size(20), size(28))
    assert equation(plain_map("c", smaller, body, labels, "sum", over)).startswith("c[n,o,p<20,q] = ")
    assert equation(plain_map("ones", (N, size(4)), ONE, ("i", "j"))) == "ones[i<n,j<4] = 1"
    assert equation(plain_map("head", (N - 1,), a, ("i",))) == "head[i<n-1] = a[i]"


def test_a_guarded_read_stands_inside_inside() -> None:
    before = plain_map("f", (N,), A.read((affine(Index(0)) + affine(-1),), guarded=True), ("i",))
    assert equation(before) == "f[i<n] = inside(a[i-1])"


def test_a_guarded_read_of_an_unnamed_tensor_is_written_out_with_the_range_in_which_it_stands() -> None:
    square = vector(None, add(power(a, 2), ONE))
    before = plain_map("f", (N,), square.read((affine(Index(0)) + affine(-1),), guarded=True), ("i",))
    assert equation(before) == "f[i<n] = where(0 <= i - 1 < n, inside(a[i-1])**2 + 1, 0)"


def test_a_reversed_read_starts_with_what_is_positive() -> None:
    back = affine(N - 1) + affine(Index(0)).scaled(-1)
    assert equation(vector("f", A.read((back,)))) == "f[i<n] = a[n-1-i]"


def test_a_gather_reads_an_integer_tensor_in_a_subscript() -> None:
    table = Leaf("param", "E", (size(10), size(16)))
    embedded = (N, size(8), size(16))
    node = plain_map("e", embedded, table.read((affine(TOK.read(at(0, 1))), *at(2))), ("b", "s", "d"))
    assert equation(node) == "e[b,s,d] = E[tok[b,s],d]"


def test_a_scatter_is_shown_as_it_is_computed_and_can_be_said_as_a_sum() -> None:
    every_other = (*at(0), affine(Index(1)).scaled(2) + affine(1))
    scatter = Map("g", (N, M), (N, size(3)), every_other, False, "sum", a, ("i", "k"))
    assert equation(scatter) == "g[i,2*k+1] += a[i]"
    assert formula(scatter) == "sum[k<3](where(2*k + 1 == j, a[i], 0))"


def test_a_transposed_write_is_an_ordinary_equation() -> None:
    node = Map("f", (M, N), (N, M), at(1, 0), False, None, X.read(at(0, 1)), ("i", "j"))
    assert equation(node) == "f[j,i] = x[i,j]"


def test_a_given_tensor_is_its_declaration() -> None:
    assert equation(T) == "input t[n] : in {0, 1}"
    assert equation(Leaf("const", "rate", (), (), Fraction(1, 10))) == "const rate = 0.1"


def test_depth_and_length_are_no_limit() -> None:
    deep: Scalar = a
    for step in range(3000):
        deep = Apply("tanh", (add(deep, number(step)),))
    assert formula(vector("f", deep)).count("tanh") == 3000
    node: Node = A
    for _ in range(3000):
        node = vector(None, Apply("tanh", (node.read(at(0)),)))
    assert "tanh(tanh(" in formula(node)


def test_a_formula_that_would_double_at_every_step_stays_short() -> None:
    body: Scalar = a
    for step in range(60):
        body = Apply("tanh", (add(apply("exp", body), mul(number(step), body)),))
    assert len(formula(vector("f", body))) < 200_000
    node = A
    for step in range(60):
        node = vector(None, add(node.read(at(0)), mul(number(step), apply("exp", node.read(at(0))))))
    assert len(formula(node)) < 200_000


def test_an_equation_can_be_parsed_as_a_statement() -> None:
    statement = parse_statement(equation(A))
    assert statement.name == "a"


def test_a_sum_divided_by_its_number_of_terms_is_a_mean() -> None:
    share = plain_map("m", (), divide(a, position("n")), ("i",), "sum", (N,))
    assert equation(share) == "m = mean[i](a[i])"
    assert equation(plain_map("s", (), divide(a, position(M)), ("i",), "sum", (N,))) == "s = sum[i](a[i]/m)"
