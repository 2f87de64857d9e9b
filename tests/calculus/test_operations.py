"""Derivatives of every scalar operation and reduction, against an independent one; and the policy at kinks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from agreement import check_agreement, draw
from handmade import I, J, K, at, equation, f, leaf, minus, over, plus, times
from reference import evaluate

from graphc.calculus.differentiate import differentiate
from graphc.graph.node import Node
from graphc.graph.scalar import Scalar, affine, number, position

X, Y = leaf("x", 7), leaf("y", 7)
x, y = at(X, I), at(Y, I)
positive = plus(number(Fraction(1, 10)), times(x, x))

SMOOTH = {
    "exp": f("exp", x),
    "log": f("log", positive),
    "square root": f("pow", positive, number(Fraction(1, 2))),
    "cube root of a square": f("pow", positive, number(Fraction(2, 3))),
    "cube": f("pow", x, 3),
    "reciprocal": over(1, x),
    "inverse square": f("pow", x, -2),
    "power": f("pow", positive, y),
    "base of two": f("pow", 2, x),
    "sin": f("sin", x),
    "cos": f("cos", times(x, y)),
    "tanh": f("tanh", times(2, x)),
    "erf": f("erf", x),
    "sigma": f("sigma", plus(x, y)),
    "softplus": f("softplus", times(3, x)),
    "gelu": times(x, number(Fraction(1, 2)), plus(1, f("erf", over(x, f("pow", 2, number(Fraction(1, 2))))))),
    "silu": times(x, f("sigma", x)),
    "pi": times(f("pi"), x, x),
    "place": times(position(I), x, x),
    "tower": f("exp", f("sin", f("exp", f("tanh", x)))),
    "quotient": over(plus(x, times(2, y)), plus(1, times(x, x))),
    "binary cross-entropy": plus(
        times(-1, y, f("log", f("sigma", x))), times(-1, minus(1, y), f("log", minus(1, f("sigma", x))))
    ),
    "eighth power": f("pow", plus(1, f("tanh", x)), 8),
}
PIECEWISE = {
    "abs": f("abs", x),
    "max": f("max", x, times(x, y)),
    "min": f("min", times(2, x), f("pow", y, 2)),
    "relu": f("max", 0, x),
    "leaky relu": f("max", x, times(number(Fraction(1, 100)), x)),
    "where": f("where", f("gt", x, y), times(x, y), f("exp", x)),
    "elu": f("where", f("gt", x, 0), x, minus(f("exp", x), 1)),
    "nested where": f("where", f("and", f("gt", x, 0), f("lt", y, 1)), f("where", f("gt", y, 0), times(x, y), x), y),
    "sign": times(f("sign", x), f("pow", x, 2), y),
    "step": times(f("step", x), y, x),
    "hinge": f("max", 0, minus(1, times(x, y))),
    "clipped": f("max", -1, f("min", 1, times(x, x, y))),
    "abs of sigma": f("abs", minus(f("sigma", x), y)),
    "equality": f("where", f("eq", x, y), x, f("where", f("ne", x, 0), over(1, x), 0)),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_operations_have_three_derivatives(name: str) -> None:
    u = equation("u", [7], SMOOTH[name])
    check_agreement(equation("L", [], at(u, I), "sum", [7]), [X, Y], order_=3)
    check_agreement(equation("L", [], f("sin", at(u, I)), "sum", [7]), [X, Y, u])


@pytest.mark.parametrize("name", PIECEWISE)
def test_operations_by_pieces_are_differentiated_piece_by_piece(name: str) -> None:
    u = equation("u", [7], PIECEWISE[name])
    check_agreement(equation("L", [], f("exp", at(u, I)), "sum", [7]), [X, Y, u], order_=2)
    check_agreement(u, [X, Y])


REDUCTIONS = ["sum", "max", "min", "prod", "logsumexp"]


@pytest.mark.parametrize("kind", REDUCTIONS)
@pytest.mark.parametrize("inner", ["read", "product", "window"])
def test_reductions(kind: str, inner: str) -> None:
    a, w = leaf("a", 3, 4), leaf("w", 4)
    if inner == "window":
        r = equation("r", [3, 3], times(at(a, I, affine(J) + affine(K)), at(w, K)), kind, [2])
        L = equation("L", [], f("sin", at(r, I, J)), "sum", [3, 3])
    else:
        body = at(a, I, J) if inner == "read" else times(at(a, I, J), at(w, J))
        r = equation("r", [3], body, kind, [4])
        L = equation("L", [], f("sin", at(r, I)), "sum", [3])
    check_agreement(L, [a, w, r], order_=2)
    check_agreement(r, [a, w])


@pytest.mark.parametrize("kind", REDUCTIONS)
def test_reductions_over_two_axes_at_once(kind: str) -> None:
    a, b = leaf("a", 2, 3, 2), leaf("b", 3)
    r = equation("r", [2], plus(at(a, I, J, K), times(at(b, J), at(a, I, J, K))), kind, [3, 2])
    check_agreement(equation("L", [], f("pow", at(r, I), 2), "sum", [2]), [a, b], order_=2)


def test_a_product_with_zeros_has_all_its_derivatives() -> None:
    a = leaf("a", 2, 3)
    r = equation("r", [2], at(a, I, J), "prod", [3])
    L = equation("L", [], at(r, I), "sum", [2])
    check_agreement(L, [a], {"a": np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 5.0]])}, order_=3)


def gradient(body: Scalar, values: list[float]) -> list[float]:
    L = equation("L", [], body, "sum", ["n"])
    (g,) = differentiate(L, [leaf("v", "n")])
    return evaluate([g, L], {"v": np.array(values)})[0].tolist()


def test_at_a_kink_the_stated_subgradient_is_taken() -> None:
    v = at(leaf("v", "n"), I)
    assert gradient(f("max", 0, v), [-1, 0, 2]) == [0, 0, 1]
    assert gradient(f("abs", v), [-1, 0, 2]) == [-1, 0, 1]
    assert gradient(f("max", v, times(3, v)), [0, 1]) == [1, 3]
    assert gradient(f("max", times(3, v), v), [0, 1]) == [3, 3]
    assert gradient(f("min", v, times(3, v)), [0, 1]) == [1, 1]
    assert gradient(f("sign", v), [-1, 0, 2]) == [0, 0, 0]
    assert gradient(f("step", v), [-1, 0, 2]) == [0, 0, 0]
    assert gradient(f("where", f("ge", v, 0), times(2, v), times(5, v)), [-1, 0, 2]) == [5, 2, 2]


@pytest.mark.parametrize("kind", ["max", "min"])
def test_a_tie_goes_to_the_first_winner_alone(kind: str) -> None:
    v = leaf("v", "n")
    r = equation("r", [], at(v, I), kind, ["n"])
    (g,) = differentiate(r, [v])
    assert evaluate([g], {"v": np.array([2.0, 2, 2])})[0].tolist() == [1, 0, 0]
    sign = 1 if kind == "max" else -1
    assert evaluate([g], {"v": sign * np.array([1.0, 2, 0, 2])})[0].tolist() == [0, 1, 0, 0]


def test_the_branch_not_taken_does_not_count() -> None:
    v = at(leaf("v", "n"), I)
    assert gradient(f("where", f("gt", v, 0), f("log", v), 0), [-1, 0, 2]) == [0, 0, 0.5]
    assert gradient(f("where", f("gt", v, 0), over(1, v), v), [0, 2]) == [1, -0.25]
    assert gradient(f("where", f("lt", v, 1), f("exp", v), v), [0, 1e4]) == [1, 1]


def test_the_branch_not_taken_does_not_count_over_several_statements() -> None:
    v = leaf("v", "n")
    for inner in (
        f("exp", at(v, I)),
        f("log", at(v, I)),
        over(1, at(v, I)),
        f("pow", at(v, I), number(Fraction(1, 2))),
    ):
        a = equation("a", ["n"], inner)
        b = equation("b", ["n"], times(3, at(a, I)))
        y = equation("y", ["n"], f("where", f("eq", at(v, I), 1), at(b, I), times(2, at(v, I))))
        L = equation("L", [], at(y, I), "sum", ["n"])
        (g,) = differentiate(L, [v])
        assert np.isfinite(evaluate([g], {"v": np.array([0.0, 1, 1e4])})[0]).all(), inner


def test_second_derivative_of_softmax_cross_entropy() -> None:
    z, t = leaf("z", 4), leaf("t", 4, kind="input", assume=["one_hot"])
    lse = equation(None, [], at(z, I), "logsumexp", [4])
    L = equation("L", [], times(-1, at(t, I), minus(at(z, I), at(lse))), "sum", [4])
    (g,) = differentiate(L, [z])
    (hessian,) = differentiate(g, [z])
    values = draw([L])
    p = np.exp(values["z"]) / np.exp(values["z"]).sum()
    np.testing.assert_allclose(evaluate([hessian], values)[0], np.diag(p) - np.outer(p, p), rtol=1e-12, atol=1e-15)


def test_a_gradient_is_a_node_like_any_other() -> None:
    u = equation("u", [7], f("sin", x))
    g: Node = equation("L", [], at(u, I), "sum", [7])
    for _ in range(3):
        (g,) = differentiate(equation("S", [], at(g, I), "sum", [7]) if g.rank else g, [X])
    values = draw([X])
    np.testing.assert_allclose(evaluate([g], values)[0], -np.cos(values["x"]), rtol=1e-12)
