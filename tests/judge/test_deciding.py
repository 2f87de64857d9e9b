"""Whether two expressions are equal: what is true, what is false, and what is left open."""

from __future__ import annotations

import pytest

from graphc.judge.equal import Givens, assumption, decide
from graphc.language.parse import parse_expression, parse_statement


def expression(text):
    return parse_expression(text)[0]


def givens(*lines, assume=()):
    return Givens(tuple(parse_statement(line) for line in lines), assumptions=tuple(assume))


NEURON = ("a = theta*x", "yhat = sigma(a)", "L = -y*log(yhat) - (1 - y)*log(1 - yhat)")

TRUE = [
    ("x + 1", "1 + x"),
    ("(x + 1)**2", "x**2 + 2*x + 1"),
    ("exp(log(x))", "x"),
    ("sqrt(x**2)", "abs(x)"),
    ("sin(x)**2 + cos(x)**2", "1"),
    ("(6*x + 4)*log(6)*6**(3*x**2 + 4*x - 2)", "d(6**(3*x**2 + 4*x - 2))/dx"),
    ("relu(x)", "(x + abs(x))/2"),
    ("d(relu(x))/dx", "where(x >= 0, 1, 0)"),
    ("log(a*b)", "log(a) + log(b)"),
    ("erf(-x)", "-erf(x)"),
    ("tanh(x)", "2*sigma(2*x) - 1"),
    ("((((((x**x)**x)**x)**x)**x)**x)", "x**(x**6)"),
    ("sum[i](x[i] - mean[j](x[j]))", "0"),
]
FALSE = [
    ("sqrt(x**2)", "x"),
    ("0.333333*x", "x/3"),
    ("pi", "3.14159"),
    ("sum[i]((x[i] - mean[j](x[j]))**3)", "0"),
    ("x[i,j]", "x[j,i]"),
]


@pytest.mark.parametrize(("before", "after"), TRUE)
def test_what_is_equal_is_found_equal(before, after):
    assert decide(expression(before), expression(after)).status == "true"


@pytest.mark.parametrize(("before", "after"), FALSE)
def test_what_differs_is_found_different(before, after):
    assert decide(expression(before), expression(after)).status == "false"


def test_a_derivative_is_total_through_the_givens():
    world = givens(*NEURON)
    assert decide(expression("dL/dtheta"), expression("(yhat - y)*x"), world).status == "true"
    assert decide(expression("dL/dtheta"), expression("(y - yhat)*x"), world).status == "false"


def test_an_assumption_is_used_where_it_is_needed():
    lines = ("z[i] = z0[i]", "p[i] = exp(z[i])/sum[k](exp(z[k]))", "L = -sum[i](t[i]*log(p[i]))")
    pair = expression("dL/dz[i]"), expression("p[i] - t[i]")
    assert decide(*pair, givens(*lines)).status == "false"
    assert decide(*pair, givens(*lines, assume=[assumption("t", "one_hot")])).status == "true"
    assert decide(*pair, givens(*lines, assume=[assumption("t", "distribution")])).status == "true"
