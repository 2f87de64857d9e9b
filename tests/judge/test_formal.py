"""What is equal by form is equal whatever its parts are; what is not, is never called so."""

from __future__ import annotations

from random import Random

import pytest

from graphc.judge.bench import SIZES, Bench
from graphc.judge.formal import alike
from graphc.judge.givens import Givens
from graphc.language.parse import parse_expression


def equal_by_form(left: str, right: str) -> bool:
    lines = tuple(parse_expression(text)[0] for text in (left, right))
    bench = Bench(Givens(), lines, SIZES, 5.0)
    pairs = list(zip(*(value.items for value in bench.values), strict=True))
    return alike(bench.dag, bench.dag.below(node for pair in pairs for node in pair), pairs, Random(1))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(a + b)**2", "a**2 + 2*a*b + b**2"),
        ("a/(b*c) + 1/c", "(a + b)/(b*c)"),
        ("where(a > b, x, y)*z", "where(a > b, x*z, y*z)"),
        ("where(a > b, 1, 0)", "where(b < a, 1, 0)"),
        ("where(a >= b, x, y)", "where(b > a, y, x)"),
        ("abs(u)", "u*sign(u)"),
        ("max(0, u)", "where(u > 0, u, 0)"),
        ("max(u, 0)", "max(0, u)"),
        ("where(max(0, u) > 0, x, 0)", "where(u > 0, x, 0)"),
        ("where(0 >= max(0, a + b), x, y)", "where(0 >= a + b, x, y)"),
        ("sqrt(u)**3*u", "u*sqrt(u)*sqrt(u)*sqrt(u)"),
        ("exp(a*(b + c))", "exp(a*b + a*c)"),
        ("sum[i](p[i]*(q[i] - 1))", "sum[i](p[i]*q[i]) - sum[i](p[i])"),
    ],
)
def test_one_form_of_another_is_found(left: str, right: str) -> None:
    assert equal_by_form(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(a + b)**2", "a**2 + 2*a*b - b**2"),
        ("where(a > b, x, y)*z", "where(b > a, x*z, y*z)"),
        ("where(a > b, x, 0)", "x"),
        ("where(a >= b, 1, 0)", "where(a > b, 1, 0)"),
        ("abs(u)", "u"),
        ("max(0, u)", "u"),
        ("where(max(0, u) > 0, x, 0)", "where(u > 1, x, 0)"),
        ("where(max(0, u) >= 0, x, y)", "where(u >= 0, x, y)"),
        ("sqrt(u)", "u"),
        ("exp(a)", "exp(b)"),
        ("where(a == b, x, y)", "y"),
        ("sum[i](p[i]*q[i])", "sum[i](p[i])*sum[i](q[i])"),
        ("1/(a - a)", "2/(a - a)"),
    ],
)
def test_what_differs_somewhere_is_not_passed(left: str, right: str) -> None:
    assert not equal_by_form(left, right)
