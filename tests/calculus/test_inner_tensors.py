"""A derivative by a tensor inside the network: it moves freely, whatever its readers make of its formula."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import check_agreement
from handmade import I, at, equation, f, leaf, times
from reference import evaluate
from texts import net

from graphc.calculus.prepare import prepare
from graphc.calculus.request import requests

VALUES = {"z": np.array([0.5, 2.0]), "w": np.array([0.3, 0.7])}
NETS = [
    ("e = exp(z)\nL = sum(e + log(e))", "e"),
    ("e = exp(z)\nL = sum(1/e + e)", "e"),
    ("e = exp(z)\nL = sum(e/(1 + e) + e)", "e"),
    ("e = exp(z)\nL = sum(log(1 + e) + e)", "e"),
    ("e = exp(2*z)\nL = (e - 1)/(e + 1)", "e"),
    ("p = softmax(z)\nL = -sum(p*log(p))", "p"),
    ("p = softmax(z)\nL = log(p[0]) + p[0]", "p"),
    ("p = softmax(z)\nL = kl_divergence(p, w)", "p"),
    ("p = softmax(z)\nL = sum(binary_cross_entropy(p, p))", "p"),
    ("s = sigma(z)\nL = sum(log(s/(1 - s)) + s)", "s"),
    ("a = exp(z)\ns = sum(a)\nL = s*log(s)", "a s"),
    ("a = softplus(z)\nb = softplus(z)\nL = sum(log(a) - log(b))", "a b"),
    ("a = exp(z)\nb = exp(z)\nL = sum(kl_divergence(a, b))", "a b"),
    ("a = softmax(z)\nb = softmax(z)\nL = kl_divergence(a, b)", "a b"),
]


@pytest.mark.parametrize(("text", "by"), NETS)
def test_what_stays_and_what_is_seen_through_both_count(text: str, by: str) -> None:
    loaded = net(f"input z[2]\ninput w[2]\n{text}\n")
    given = {leaf.name: VALUES[leaf.name] for leaf in loaded.inputs if leaf.name}
    check_agreement(loaded["L"], [*(loaded[name] for name in by.split()), loaded["z"]], given)


def test_a_tensor_and_another_that_simplifies_to_it_stay_apart() -> None:
    z = leaf("z", 3)
    short = equation(None, [3], f("sigma", at(z, I)))
    long = equation(None, [3], f("pow", f("add", 1, f("exp", times(-1, at(z, I)))), -1))
    L = equation("L", [], times(at(short, I), at(long, I)), "sum", [3])
    check_agreement(L, [short, long, z])


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("param u\ninput v[3]\ny[i<3] = exp(u - logsumexp[k<3](u))\nL = sum(y*v)\n", "u v"),
        ("param x[5]\nh[i<3] = exp(x[i])\nL = sum(exp(x)) + sum(h**2)\n", "x h"),
        ("param x[5]\nh[i<3] = sin(i)\ny[i] = x[i]*sin(i)\nL = sum(y) + sum(h*x[0])\n", "x h"),
    ],
)
def test_a_value_is_read_only_where_the_tensor_that_holds_it_has_a_place(text: str, by: str) -> None:
    loaded = net(text)
    check_agreement(loaded["L"], [loaded[name] for name in by.split()], order_=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y = log(x)\na = where(x > 0, y, 0)\nb = where(x > 1, y, 0)\nL = sum(a) + sum(b)", [0, 2, 1]),
        ("y = log(x)\nu = 2*y\na = where(x > 0, u, 0)\nb = where(x > 1, 3*u, 0)\nL = sum(a) + sum(b)", [0, 4, 4]),
        (
            "y = sqrt(x)\na = where(x > 0, y, 0)\nb = where(x > 1, y, x)\nL = sum(a) + sum(b)",
            [1, 1 + 0.5**0.5, 0.5**0.5],
        ),
    ],
)
def test_each_of_two_masks_is_carried_to_a_slope_that_is_infinite(text: str, expected: list[float]) -> None:
    roots = prepare(requests(net(f"input x[3]\n{text}\n"), ["dL/dx"]))
    with np.errstate(all="ignore"):
        (slope,) = evaluate(roots, {"x": np.array([0, 0.5, 2])})
    np.testing.assert_allclose(slope, expected)
