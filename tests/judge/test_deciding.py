"""Whether two expressions are equal: what is true, what is false, and what is left open."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter

import pytest

from graphc.judge.equal import Assumption, Givens, assumption, decide
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
    ("log(a*b)", "log(a) + log(b)"),
    ("(6*x + 4)*log(6)*6**(3*x**2 + 4*x - 2)", "d(6**(3*x**2 + 4*x - 2))/dx"),
    ("((((((x**x)**x)**x)**x)**x)**x)", "x**(x**6)"),
    ("x**(1/3)*x**(2/3)", "x"),
    ("2**10**2", "exp(100*log(2))"),
    ("(1 + x)**100000", "(1 + x)**50000*(1 + x)**50000"),
    # roots, signs and absolute values
    ("sqrt(x**2)", "abs(x)"),
    ("sqrt(x)*sqrt(x)", "x"),
    ("sign(x)*abs(x)", "x"),
    ("abs(x*y)", "abs(x)*abs(y)"),
    ("abs(1 + x**2)", "1 + x**2"),
    ("abs(sigma(x))", "sigma(x)"),
    ("sqrt(sigma(x)**2)", "sigma(x)"),
    # what is pieced together
    ("relu(x)", "(x + abs(x))/2"),
    ("d(relu(x))/dx", "where(x >= 0, 1, 0)"),
    ("max(x, 0) - max(-x, 0)", "x"),
    ("max(a, max(b, c))", "max(max(c, a), b)"),
    ("where(x == 0, 1, x)", "x"),
    ("relu(sin(x))", "(sin(x) + abs(sin(x)))/2"),
    ("where(x > 3, where(x < 2, 1, 0), 0)", "0"),
    ("max(x, x/100)", "where(x > 0, x, x/100)"),
    # functions
    ("sin(x)**2 + cos(x)**2", "1"),
    ("sin(2*x)", "2*sin(x)*cos(x)"),
    ("sin(10**300*x)", "sin(10**300*x + 2*pi)"),
    ("erf(-x)", "-erf(x)"),
    ("tanh(x)", "2*sigma(2*x) - 1"),
    ("softplus(x) - softplus(-x)", "x"),
    ("silu(x)", "x/(1 + exp(-x))"),
    # indices
    ("sum[i](x[i] - mean[j](x[j]))", "0"),
    ("sum[i,j](A[i,j]*where(i == j, 1, 0))", "sum[i](A[i,i])"),
    ("sum[k](where(k == j, 1, 0)*x[k])", "x[j]"),
    ("(A @ B)[i,j]*1 + 0*A[i,i]*B[j,j]", "sum[k](A[i,k]*B[k,j])"),
    ("logsumexp[i](x[i])", "log(sum[i](exp(x[i])))"),
    ("d(max[i](x[i]))/dx[j]", "where(x[j] >= max[i](x[i]), 1, 0)"),
]
FALSE = [
    ("sqrt(x**2)", "x"),
    ("0.333333*x", "x/3"),
    ("pi", "3.14159"),
    ("x + 1e-60", "x"),
    ("x + exp(-10000)*x", "x"),
    ("x + exp(-10**12)", "x"),
    ("abs(x + y)", "abs(x) + abs(y)"),
    ("sqrt((x - 1000)**2)", "1000 - x"),
    ("((x - 1)**4)**(1/4)", "x - 1"),
    ("c*max[i](x[i])", "max[i](c*x[i])"),
    ("where(x > 3, where(x < 3.001, 1, 0), 0)", "0"),
    ("step(sin(x) - 0.9999999)", "0"),
    ("tanh(10**6*x)", "sign(x)"),
    ("x**100", "x**101"),
    ("exp(1)", "2.718281828459045"),
    ("sum[i]((x[i] - mean[j](x[j]))**3)", "0"),
    ("x[i,j]", "x[j,i]"),
    ("mean[i](x[i])", "sum[i](x[i])/3"),
    ("mean[i](x[i])", "sum[i](x[i])/2"),
    ("sum[i,j](A[i,j])/2", "mean[i](sum[j](A[i,j]))"),
    ("sum[i,j](A[i,j])/2", "mean[j](sum[i](A[i,j]))"),
    ("sum[i](x[i])", "sum[i](x[i]) + 0.0000001*x[0]"),
]
UNDECIDED = [
    ("1/(x - x)", "1"),
    ("1", "1/(x - x)"),
    ("log(-x**2)", "x"),
    ("(-8)**(1/3)", "-2"),
    ("sum[i<1000000](x[i])", "0"),
]


@pytest.mark.parametrize(("before", "after"), TRUE)
def test_what_is_equal_is_found_equal(before, after):
    assert decide(expression(before), expression(after)).status == "true"


@pytest.mark.parametrize(("before", "after"), FALSE)
def test_what_differs_is_found_different(before, after):
    assert decide(expression(before), expression(after)).status == "false"


@pytest.mark.parametrize(("before", "after"), UNDECIDED)
def test_what_is_nowhere_defined_or_too_large_is_left_open_and_says_why(before, after):
    verdict = decide(expression(before), expression(after))
    assert verdict.status == "undecided"
    assert verdict.note


def test_a_verdict_is_the_same_every_time():
    pairs = [(expression(a), expression(b)) for a, b in (*TRUE[:8], *FALSE[:8])]
    assert [decide(*pair) for pair in pairs] == [decide(*pair) for pair in pairs]


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


@pytest.mark.parametrize(
    ("assumed", "before", "after"),
    [
        (Assumption("holds", holds=expression("a > 0")), "sqrt(a**2)", "a"),
        (Assumption("holds", holds=expression("a < 0")), "sqrt(a**2)", "-a"),
        (Assumption("holds", holds=expression("a > b")), "max(a, b)", "a"),
        (Assumption("holds", holds=expression("0 < a < 1")), "abs(a - 1)", "1 - a"),
        (Assumption("holds", holds=expression("a + b == 1")), "a**2 + 2*a*b + b**2", "1"),
        (Assumption("holds", holds=expression("sum[k](p[k]) == 1")), "sum[k](p[k]*c)", "c"),
        (Assumption("values", "a", (Fraction(0), Fraction(1))), "a**2", "a"),
        (Assumption("values", "a", (Fraction(1), Fraction(-1))), "a**2", "1"),
        (Assumption("open", "a", (Fraction(0), Fraction(1))), "abs(a)", "a"),
        (Assumption("integer", "n"), "cos(2*pi*n)", "1"),
        (Assumption("one_hot", "t"), "sum[k](t[k]**2)", "1"),
        (Assumption("distribution", "t"), "sum[k](t[k])", "1"),
    ],
)
def test_what_holds_only_under_an_assumption_is_false_without_it(assumed, before, after):
    pair = expression(before), expression(after)
    assert decide(*pair, givens(assume=[assumed])).status == "true"
    assert decide(*pair).status == "false"


def test_assumptions_that_contradict_each_other_are_not_the_lines_fault():
    none = [Assumption("holds", holds=expression("x > 0")), Assumption("holds", holds=expression("x < 0"))]
    verdict = decide(expression("x"), expression("x + 1"), givens(assume=none))
    assert verdict.status == "undecided"
    assert "assumptions" in verdict.note


def test_a_tensor_may_have_the_name_of_a_differential():
    world = givens("dL = 2*a", "dw = a")
    assert decide(expression("dL/dw"), expression("2"), world).status == "true"


def test_a_second_derivative_is_a_derivative_of_one():
    world = givens("L = w**3")
    assert decide(expression("d(dL/dw)/dw"), expression("6*w"), world).status == "true"


def test_the_derivative_by_an_inner_name_treats_it_as_free():
    world = givens("a = x**2", "L = a*x")
    assert decide(expression("dL/da"), expression("x"), world).status == "true"
    assert decide(expression("dL/dx"), expression("3*x**2"), world).status == "true"


def test_whole_tensors_are_compared_with_their_axes():
    axes = {"x": ("n", "m"), "W": ("m", "k"), "t": ("n", "k")}
    named = {name: tuple(map(expression, dims)) for name, dims in axes.items()}
    lines = ("p = softmax(x @ W)", "L = mean(categorical_cross_entropy(p, t))")
    world = Givens(tuple(map(parse_statement, lines)), named, (assumption("t", "one_hot"),))
    wanted = {
        "transpose(x) @ (p - t)/n": "true",
        "transpose(x) @ (p - t)": "false",
        "transpose(transpose(p - t) @ x)/n": "true",
        "transpose(p - t) @ x/n": "false",
        "x @ (p - t)/n": "false",
    }
    found = {line: decide(expression("dL/dW"), expression(line), world).status for line in wanted}
    assert found == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("sum[n,p,q](x[n,c,p+r,q+s]*dL/dy[n,o,p,q])", "true"),
        ("sum[n,p,q](x[n,c,p+s,q+r]*dL/dy[n,o,p,q])", "false"),
    ],
)
def test_the_library_is_read_by_its_own_formulas(line, wanted):
    axes = {"x": ("N", "C", "H", "V"), "w": ("O", "C", "R", "S")}
    named = {name: tuple(map(expression, dims)) for name, dims in axes.items()}
    world = Givens((parse_statement("y = conv2d(x, w)"), parse_statement("L = sum(y*y)")), named)
    assert decide(expression("dL/dw[o,c,r,s]"), expression(line), world).status == wanted


def test_a_decision_in_a_certificate_takes_milliseconds():
    pair = expression("y[i]*(1 - y[i])"), expression("y[i] - y[i]**2")
    decide(*pair)
    start = perf_counter()
    for _ in range(20):
        decide(*pair, witness=False, twice=False)
    assert (perf_counter() - start) / 20 < 0.1


def test_a_factor_that_is_one_at_some_size_is_no_factor_of_one():
    named = {"x": (expression("n"), expression("m")), "y": (expression("n"),), "w": (expression("m"),)}
    world = Givens((parse_statement("J = mean((x @ w - y)**2)"),), named)
    for size in ("2", "3", "4", "5"):
        line = expression(f"{size}/{size}*2/n*transpose(x) @ (x @ w - y)")
        assert decide(expression("dJ/dw"), line, world).status == "true"
        line = expression(f"2/{size}*transpose(x) @ (x @ w - y)")
        assert decide(expression("dJ/dw"), line, world).status == "false"


def test_what_holds_whatever_the_named_values_are_is_proved_though_they_are_deep():
    layers = [f"a{k + 1} = sigma(w*a{k})" for k in range(9)]
    verdict = decide(expression("da9/da7"), expression("w**2*a9*(1 - a9)*a8*(1 - a8)"), givens("a0 = x", *layers))
    assert (verdict.status, verdict.method) == ("true", "proved in finite fields")


@pytest.mark.parametrize("assumed", [assumption("alpha", "unit"), Assumption("holds", holds=expression("alpha <= 1"))])
def test_a_slope_that_is_at_most_one_decides_which_is_the_greater(assumed):
    known = givens(assume=(assumed,))
    assert decide(expression("max(alpha*z, z)"), expression("where(z > 0, z, alpha*z)"), known).status == "true"
    slope = expression("d(max(alpha*z, z))/dz")
    assert decide(slope, expression("where(z > 0, 1, alpha)"), known).status == "true"
    assert decide(slope, expression("where(z > 0, alpha, 1)"), known).status == "false"
    assert decide(slope, expression("where(z > 0, 1, alpha)"), givens()).status == "false"
