"""Softmax with cross-entropy, linear regression, and activations with their derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import ANY, Kind, assert_loses_nothing, assert_named, mistakes, right_answers, single

SOFTMAX = """
input z[n, k]
input t[n, k] : one_hot
output p = softmax(z)
loss L = mean(cross_entropy(z, t))
"""
LINEAR = """
input x[n, m]
input t[n]
param w[m]
param b
y[i] = sum[j](x[i,j]*w[j]) + b
loss L = mean[i]((y[i] - t[i])**2)
"""
ACTIVATIONS = """
input z[n]
s = sigma(z)
h = tanh(z)
r = relu(z)
l = leaky_relu(z, slope=0.1)
p = softplus(z)
"""


def softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def surprise(z, t):
    return np.logaddexp.reduce(z, axis=1) - (z * t).sum(axis=1)


def classifier(z, t):
    return softmax(z), surprise(z, t).mean(), (softmax(z) - t) / len(z)


def classifier_in_loops(z, t):
    n, k = z.shape
    p, loss = np.zeros((n, k)), 0.0
    for i in range(n):
        top = max(z[i])
        total = sum(np.exp(z[i, j] - top) for j in range(k))
        for j in range(k):
            p[i, j] = np.exp(z[i, j] - top) / total
            loss += t[i, j] * (top + np.log(total) - z[i, j]) / n
    return p, loss, (p - t) / n


def classifier_by_logarithms(z, t):
    logs = z - np.logaddexp.reduce(z, axis=1)[:, None]
    p = np.exp(logs)
    return p, -np.einsum("ij,ij->", t, logs) / len(z), (p - t) * (1 / len(z))


def classifier_of(p, z, t):
    """What follows for a student who has the wrong p."""
    return p, -np.log((p * t).sum(axis=1)).mean(), (p - t) / len(z)


def regression(x, t, w, b, of=lambda r, n: 2 * r / n, loss=lambda r, n: (r**2).mean(), bias=True):
    r = x @ w + b * bias - t
    d = of(r, len(t))
    return loss(r, len(t)), x.T @ d, d.sum()


def regression_in_loops(x, t, w, b):
    loss, dw, db = 0.0, [0.0] * len(w), 0.0
    for row, target in zip(x, t, strict=True):
        r = sum(v * s for v, s in zip(row, w, strict=True)) + b - target
        loss += r * r / len(t)
        db += 2 * r / len(t)
        dw = [d + 2 * r * v / len(t) for d, v in zip(dw, row, strict=True)]
    return loss, np.array(dw), db


def regression_in_einsum(x, t, w, b):
    r = np.einsum("ij,j->i", x, w) + b - t
    return np.einsum("i,i->", r, r) / len(r), np.einsum("i,ij->j", r, x) * 2 / len(r), 2 * np.mean(r)


def sigma(z):
    return np.exp(-np.logaddexp(0, -z))


def activations(z):
    return sigma(z), np.tanh(z), np.maximum(z, 0), np.where(z > 0, z, 0.1 * z), np.logaddexp(0, z)


def activations_in_loops(z):
    rows = []
    for v in z:
        e = np.exp(-abs(v))
        low, high = e / (1 + e), 1 / (1 + e)
        rows.append((high if v > 0 else low, (1 - e * e) / (1 + e * e) * (1 if v > 0 else -1), max(0, v),
                     v if v > 0 else v / 10, max(v, 0) + np.log1p(e)))  # fmt: skip
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def mirrored(z):
    return sigma(-z), np.tanh(-z), np.maximum(-z, 0), np.where(z < 0, z, 0.1 * z), np.logaddexp(0, -z)


def naive(z):
    return np.exp(z) / (1 + np.exp(z)), *activations(z)[1:4], np.log(1 + np.exp(z))


def another_slope(z):
    return *activations(z)[:3], np.where(z > 0, z, 0.01 * z), activations(z)[4]


def slopes(z, g):
    return g * sigma(z) * (1 - sigma(z)), g * (1 - np.tanh(z) ** 2)


KINDS = {
    "softmax": Kind(
        SOFTMAX,
        "f(z, t)",
        ("p", "L", "dL/dz"),
        {
            "shifted": classifier,
            "loops": classifier_in_loops,
            "logarithms": classifier_by_logarithms,
            "single": single(classifier),
        },
        {
            "no shift": (
                "overflow",
                lambda z, t: classifier_of(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), z, t),
            ),
            "over the batch": ("wrong-axis", lambda z, t: classifier_of(softmax(z, axis=0), z, t)),
            "over everything": (
                "wrong-axis",
                lambda z, t: classifier_of(np.exp(z - z.max()) / np.exp(z - z.max()).sum(), z, t),
            ),
            "a sum": (
                [None, "missing-mean", "missing-mean"],
                lambda z, t: (softmax(z), surprise(z, t).sum(), softmax(z) - t),
            ),
            "a mean over classes too": (
                [None, "extra-mean", "extra-mean"],
                lambda z, t: (softmax(z), surprise(z, t).mean() / z.shape[1], (softmax(z) - t) / z.size),
            ),
            "t - p": (
                [None, "sign", "sign"],
                lambda z, t: (softmax(z), -surprise(z, t).mean(), (t - softmax(z)) / len(z)),
            ),
            "no target": (
                [None, None, "missing-term"],
                lambda z, t: (*classifier(z, t)[:2], softmax(z) / len(z)),
            ),
            "z for p": ([None, None, "dropped-factor"], lambda z, t: (*classifier(z, t)[:2], (z - t) / len(z))),
            "not normalised": ("missing-term", lambda z, t: classifier_of(np.exp(z), z, t)),
            "an epsilon": (
                [None, "approximate", None],
                lambda z, t: (
                    softmax(z),
                    -np.log((softmax(z) * t).sum(axis=1) + 1e-8).mean(),
                    (softmax(z) - t) / len(z),
                ),
            ),
        },
        slow=frozenset({"over the batch", "over everything", "z for p", "not normalised"}),
    ),
    "linear": Kind(
        LINEAR,
        "f(x, t, w, b)",
        ("L", "dL/dw", "dL/db"),
        {
            "vectorised": regression,
            "loops": regression_in_loops,
            "einsum": regression_in_einsum,
            "single": single(regression),
        },
        {
            "no 2": ([None, "constant-factor", "constant-factor"], lambda *a: regression(*a, of=lambda r, n: r / n)),
            "a sum": ("missing-mean", lambda *a: regression(*a, lambda r, n: 2 * r, lambda r, n: (r**2).sum())),
            "t - y": ([None, "sign", "sign"], lambda *a: regression(*a, of=lambda r, n: -2 * r / n)),
            "no bias": ("missing-term", lambda *a: regression(*a, bias=False)),
            "one fewer": (
                "off-by-one",
                lambda *a: regression(*a, lambda r, n: 2 * r / (n - 1), lambda r, n: (r**2).sum() / (n - 1)),
            ),
            "a mean over features": (
                "wrong-axis",
                lambda x, t, w, b: regression(
                    x, t, w, b, lambda r, n: 2 * r / len(w), lambda r, n: (r**2).sum() / len(w)
                ),
            ),
            "sign and sum": ([None, "sign", "sign"], lambda *a: regression(*a, of=lambda r, n: -2 * r)),
        },
        slow=frozenset({"no 2"}),
    ),
    "activations": Kind(
        ACTIVATIONS,
        "f(z)",
        ("s", "h", "r", "l", "p"),
        {"vectorised": activations, "loops": activations_in_loops, "single": single(activations)},
        {
            "nothing done": (["dropped-factor"] * 3 + [ANY, "dropped-factor"], lambda z: (z,) * 5),
            "the other side": (["sign"] * 3 + ["swapped", "sign"], mirrored),
            "naive": (["overflow"] + [None] * 3 + ["overflow"], naive),
            "another slope": ([None] * 3 + ["constant-factor", None], another_slope),
        },
    ),
    "slopes": Kind(
        "input z[n]\noutput s = sigma(z)\noutput h = tanh(z)",
        "f(z, g)",
        ("ds/dz", "dh/dz"),
        {"vectorised": slopes, "single": single(slopes)},
        {
            "z for s": ("wrong-point", lambda z, g: (g * z * (1 - z), g * (1 - z**2))),
            "twice": ("wrong-point", lambda z, g: slopes(sigma(z), g)[:1] + slopes(np.tanh(z), g)[1:]),
            "no upstream": ("ignored-upstream", lambda z, g: slopes(z, np.ones_like(g))),
            "no slope": ("dropped-factor", lambda z, g: (g, g)),
            "plus": ("sign", lambda z, g: (g * sigma(z) * (1 + sigma(z)), g * (1 + np.tanh(z) ** 2))),
        },
        upstream="g",
        slow=frozenset({"plus"}),
    ),
}


@pytest.mark.parametrize(("kind", "style"), right_answers(KINDS))
def test_a_right_answer_loses_nothing(kind, style):
    assert_loses_nothing(kind, style)


@pytest.mark.parametrize(("kind", "mistake"), mistakes(KINDS))
def test_a_mistake_is_named(kind, mistake):
    assert_named(kind, mistake)
