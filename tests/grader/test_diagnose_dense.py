"""A dense layer backward, with an upstream gradient, and a net of two of them."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import Kind, assert_loses_nothing, assert_named, mistakes, right_answers, single

DENSE = """
input x[n, m]
param W[m, k]
param b[k]
z = x @ W + b
output y = relu(z)
"""
MLP = """
input x[n, m]
input t[n, 1] : in {0, 1}
param W1[m, h]
param b1[h]
param W2[h, 1]
param b2[1]
z1 = x @ W1 + b1
a1 = relu(z1)
z2 = a1 @ W2 + b2
output y = sigma(z2)
loss L = mean(binary_cross_entropy(y, t))
"""


def relu(z):
    return np.maximum(z, 0)


def sigma(z):
    return np.exp(-np.logaddexp(0, -z))


def back(delta, x, W):
    return delta @ W.T, x.T @ delta, delta.sum(axis=0)


def layer(x, W, b, g):
    return back(g * (x @ W + b > 0), x, W)


def layer_in_loops(x, W, b, g):
    n, m = x.shape
    k = W.shape[1]
    dx, dW, db = np.zeros((n, m)), np.zeros((m, k)), np.zeros(k)
    for i in range(n):
        for p in range(k):
            z = b[p]
            for j in range(m):
                z += x[i, j] * W[j, p]
            if z >= 0:  # at the kink either slope is right
                db[p] += g[i, p]
                for j in range(m):
                    dx[i, j] += g[i, p] * W[j, p]
                    dW[j, p] += g[i, p] * x[i, j]
    return dx, dW, db


def layer_in_einsum(x, W, b, g):
    delta = np.where(np.einsum("ij,jp->ip", x, W) + b > 0, g, 0)
    return np.einsum("ip,jp->ij", delta, W), np.einsum("ij,ip->jp", x, delta), np.einsum("ip->p", delta)


def mlp(x, t, W1, b1, W2, b2, top=None, through=None, hidden=None):
    """The gradients, where the residual, the activation's slope and what meets it can be put in."""
    z1 = x @ W1 + b1
    a1 = relu(z1)
    y = sigma(a1 @ W2 + b2)
    d2 = (y - t) / len(x) if top is None else top(y, t, len(x))
    da = d2 @ W2.T
    d1 = da * (z1 > 0) if through is None else through(da, z1, a1)
    return x.T @ d1, d1.sum(axis=0), (a1 if hidden is None else hidden(z1)).T @ d2, d2.sum(axis=0)


def mlp_in_einsum(x, t, W1, b1, W2, b2):
    z1 = np.einsum("ij,jk->ik", x, W1) + b1
    a1 = np.where(z1 > 0, z1, 0)
    d2 = (sigma(np.einsum("ik,kl->il", a1, W2) + b2) - t) / x.shape[0]
    d1 = np.einsum("il,kl->ik", d2, W2) * (z1 > 0)
    return np.einsum("ij,ik->jk", x, d1), np.einsum("ik->k", d1), np.einsum("ik,il->kl", a1, d2), d2.sum(axis=0)


def mlp_in_loops(x, t, W1, b1, W2, b2):
    total = [np.zeros_like(array) for array in (W1, b1, W2, b2)]
    for row in range(len(x)):
        parts = mlp(x[row : row + 1], t[row : row + 1], W1, b1, W2, b2)
        for place, part in enumerate(parts):
            total[place] += part / len(x)
    return tuple(total)


def without_W2(x, t, W1, b1, W2, b2):
    right = mlp(x, t, W1, b1, W2, b2)
    wrong = mlp(x, t, W1, b1, W2, b2, through=lambda da, z, a: (sigma(a @ W2 + b2) - t) / len(x) * (z > 0))
    return *wrong[:2], *right[2:]


KINDS = {
    "layer": Kind(
        DENSE,
        "backward(x, W, b, g)",
        ("dy/dx", "dy/dW", "dy/db"),
        {
            "vectorised": layer,
            "loops": layer_in_loops,
            "einsum": layer_in_einsum,
            "single": single(layer),
        },
        {
            "no upstream": ("ignored-upstream", lambda x, W, b, g: back(1.0 * (x @ W + b > 0), x, W)),
            "no slope of relu": ("dropped-factor", lambda x, W, b, g: back(g, x, W)),
            "mask of the upstream": ("wrong-point", lambda x, W, b, g: back(g * (g > 0), x, W)),
            "mask without the bias": ("missing-term", lambda x, W, b, g: back(g * (x @ W > 0), x, W)),
            "lying down": (
                ["transpose", "transpose", None],
                lambda x, W, b, g: (layer(x, W, b, g)[0].T, layer(x, W, b, g)[1].T, layer(x, W, b, g)[2]),
            ),
            "a mean": ("extra-mean", lambda x, W, b, g: tuple(v / len(x) for v in layer(x, W, b, g))),
            "negative": ("sign", lambda x, W, b, g: layer(x, W, b, -g)),
            "twice": ("constant-factor", lambda x, W, b, g: layer(x, W, b, 2 * g)),
            "the forward value": ("forward-instead", lambda x, W, b, g: (relu(x @ W + b),) * 3),
            "exchanged": (
                ["swapped", "swapped", None],
                lambda x, W, b, g: (layer(x, W, b, g)[1], layer(x, W, b, g)[0], layer(x, W, b, g)[2]),
            ),
            "bias along the other axis": (
                [None, None, "wrong-axis"],
                lambda x, W, b, g: (*layer(x, W, b, g)[:2], (g * (x @ W + b > 0)).sum(axis=1)),
            ),
            "bias not added up": (
                [None, None, "missing-sum"],
                lambda x, W, b, g: (*layer(x, W, b, g)[:2], g * (x @ W + b > 0)),
            ),
            "bias with an axis too many": (
                [None, None, "wrong-shape"],
                lambda x, W, b, g: (*layer(x, W, b, g)[:2], layer(x, W, b, g)[2][None]),
            ),
            "only the last example": (
                [None, "missing-sum", "missing-sum"],
                lambda x, W, b, g: (layer(x, W, b, g)[0], *layer(x[-1:], W, b, g[-1:])[1:]),
            ),
        },
        "g",
        frozenset({"mask without the bias"}),
    ),
    "two layers": Kind(
        MLP,
        "gradients(x, t, W1, b1, W2, b2)",
        ("dL/dW1", "dL/db1", "dL/dW2", "dL/db2"),
        {"vectorised": mlp, "einsum": mlp_in_einsum, "loops": mlp_in_loops, "single": single(mlp)},
        {
            "no slope of relu": (["dropped-factor"] * 2 + [None] * 2, lambda *a: mlp(*a, through=lambda d, z, h: d)),
            "mask of what arrived": (
                ["wrong-point"] * 2 + [None] * 2,
                lambda *a: mlp(*a, through=lambda d, z, h: d * (d > 0)),
            ),
            "a sum": ("missing-mean", lambda *a: mlp(*a, top=lambda y, t, n: y - t)),
            "t - y": ("sign", lambda *a: mlp(*a, top=lambda y, t, n: (t - y) / n)),
            "slope of sigma left standing": (
                "dropped-factor",
                lambda *a: mlp(*a, top=lambda y, t, n: (y - t) * y * (1 - y) / n),
            ),
            "z1 for a1": ([None, None, "wrong-point", None], lambda *a: mlp(*a, hidden=lambda z: z)),
            "no W2": (["dropped-factor"] * 2 + [None] * 2, without_W2),
        },
    ),
}


@pytest.mark.parametrize(("kind", "style"), right_answers(KINDS))
def test_a_right_answer_loses_nothing(kind, style):
    assert_loses_nothing(kind, style)


@pytest.mark.parametrize(("kind", "mistake"), mistakes(KINDS))
def test_a_mistake_is_named(kind, mistake):
    assert_named(kind, mistake)
