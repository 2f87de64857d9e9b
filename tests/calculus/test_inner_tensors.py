"""A derivative by a tensor inside the network: it moves freely, whatever its readers make of its formula."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import agree
from handmade import I, at, equation, f, leaf, times
from texts import net

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
    agree(loaded["L"], [*(loaded[name] for name in by.split()), loaded["z"]], given)


def test_a_tensor_and_another_that_simplifies_to_it_stay_apart() -> None:
    z = leaf("z", 3)
    short = equation(None, [3], f("sigma", at(z, I)))
    long = equation(None, [3], f("pow", f("add", 1, f("exp", times(-1, at(z, I)))), -1))
    L = equation("L", [], times(at(short, I), at(long, I)), "sum", [3])
    agree(L, [short, long, z])
