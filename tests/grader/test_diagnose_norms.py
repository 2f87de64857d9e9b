"""Layer norm and batch norm, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import ANY, Kind, assert_loses_nothing, assert_named, mistakes, right_answers, single

LAYER = """
input x[n, m]
param gain[m]
param bias[m]
output y = layer_norm(x, gain, bias)
"""
BATCH = LAYER.replace("layer_norm", "batch_norm")
EPS = 1e-5


def normalised(x, axis, eps=EPS, fewer=0):
    centred = x - x.mean(axis=axis, keepdims=True)
    count = x.shape[axis] - fewer
    return centred / np.sqrt((centred**2).sum(axis=axis, keepdims=True) / count + eps)


def forward(axis, eps=EPS, fewer=0):
    return lambda x, gain, bias: normalised(x, axis, eps, fewer) * gain + bias


def forward_in_loops(x, gain, bias):
    y = np.zeros_like(x)
    for i, row in enumerate(x):
        mean = sum(row) / len(row)
        variance = sum((v - mean) ** 2 for v in row) / len(row)
        for j, v in enumerate(row):
            y[i, j] = (v - mean) / np.sqrt(variance + EPS) * gain[j] + bias[j]
    return y


def back(axis, mean=True, variance=True, scaled=True, point=None):
    """The gradients, with or without the ways through the mean and through the variance."""

    def function(x, gain, bias, g):
        h = normalised(x, axis)
        deviation = np.sqrt(x.var(axis=axis, keepdims=True) + EPS)
        d = g * gain if scaled else g
        dx = d / deviation
        if mean:
            dx = dx - (d / deviation).mean(axis=axis, keepdims=True)
        if variance:
            dx = dx - h * (d * h).mean(axis=axis, keepdims=True) / deviation
        return dx, (g * (h if point is None else point(x))).sum(axis=0), g.sum(axis=0)

    return function


def back_in_steps(x, gain, bias, g):
    """As one finds it in frameworks: through the variance, then through the mean."""
    m = x.shape[1]
    mean = x.mean(axis=1, keepdims=True)
    inverse = 1 / np.sqrt(((x - mean) ** 2).mean(axis=1, keepdims=True) + EPS)
    dh = g * gain
    dvariance = (dh * (x - mean) * -0.5 * inverse**3).sum(axis=1, keepdims=True)
    dmean = (-dh * inverse).sum(axis=1, keepdims=True) + dvariance * (-2 * (x - mean)).mean(axis=1, keepdims=True)
    dx = dh * inverse + dvariance * 2 * (x - mean) / m + dmean / m
    return dx, np.einsum("ij,ij->j", g, (x - mean) * inverse), np.einsum("ij->j", g)


ONES = (["ignored-upstream"] * 3, lambda *a: back(1)(*a[:3], np.ones_like(a[3])))

KINDS = {
    "layer norm": Kind(
        LAYER,
        "f(x, gain, bias)",
        ("y",),
        {"vectorised": forward(1), "loops": forward_in_loops, "single": single(forward(1))},
        {
            "one fewer": ("off-by-one", forward(1, fewer=1)),
            "no epsilon": ("missing-term", forward(1, eps=0)),
            "over the batch": ("wrong-axis", forward(0)),
            "no root": (
                "dropped-factor",
                lambda x, gain, bias: (x - x.mean(1, keepdims=True)) / (x.var(1, keepdims=True) + EPS) * gain + bias,
            ),
            "gain and bias exchanged": ("swapped", lambda x, gain, bias: forward(1)(x, bias, gain)),
            "no gain": ("dropped-factor", lambda x, gain, bias: forward(1)(x, 1, bias)),
            "no bias": ("missing-term", lambda x, gain, bias: forward(1)(x, gain, 0)),
            "not centred": (
                "missing-term",
                lambda x, gain, bias: x / np.sqrt(x.var(1, keepdims=True) + EPS) * gain + bias,
            ),
            "epsilon outside the root": (
                "approximate",
                lambda x, gain, bias: (x - x.mean(1, keepdims=True)) / (x.std(1, keepdims=True) + EPS) * gain + bias,
            ),
        },
        slow=frozenset({"one fewer", "no epsilon"}),
    ),
    "layer norm backward": Kind(
        LAYER,
        "f(x, gain, bias, g)",
        ("dy/dx", "dy/dgain", "dy/dbias"),
        {"vectorised": back(1), "steps": back_in_steps, "single": single(back(1))},
        {
            "not through the mean": (["missing-term", None, None], back(1, mean=False)),
            "not through the variance": (["missing-term", None, None], back(1, variance=False)),
            "no gain": (["dropped-factor", None, None], back(1, scaled=False)),
            "no upstream": ONES,
            "negative": ("sign", lambda *a: tuple(-v for v in back(1)(*a))),
            "not added up": (
                [None, "missing-sum", "missing-sum"],
                lambda x, gain, bias, g: (back(1)(x, gain, bias, g)[0], g * normalised(x, 1), g),
            ),
            "along the other axis": (
                [None, "wrong-axis", "wrong-axis"],
                lambda x, gain, bias, g: (
                    back(1)(x, gain, bias, g)[0],
                    (g * normalised(x, 1)).sum(axis=1),
                    g.sum(axis=1),
                ),
            ),
            "a mean": (
                [None, "extra-mean", "extra-mean"],
                lambda x, gain, bias, g: (
                    back(1)(x, gain, bias, g)[0],
                    (g * normalised(x, 1)).mean(axis=0),
                    g.mean(axis=0),
                ),
            ),
            "the input for what is normalised": ([None, ANY, None], back(1, point=lambda x: x)),
        },
        "g",
        frozenset({"the input for what is normalised"}),
    ),
    "batch norm": Kind(
        BATCH,
        "f(x, gain, bias)",
        ("y",),
        {"vectorised": forward(0), "single": single(forward(0))},
        {
            "one fewer": ("off-by-one", forward(0, fewer=1)),
            "over the features": ("wrong-axis", forward(1)),
            "no epsilon": ("missing-term", forward(0, eps=0)),
            "gain and bias exchanged": ("swapped", lambda x, gain, bias: forward(0)(x, bias, gain)),
        },
        slow=frozenset({"one fewer", "no epsilon", "over the features"}),
    ),
    "batch norm backward": Kind(
        BATCH,
        "f(x, gain, bias, g)",
        ("dy/dx", "dy/dgain", "dy/dbias"),
        {"vectorised": back(0), "single": single(back(0))},
        {
            "mean and variance as if they were given": (
                ["missing-term", None, None],
                back(0, mean=False, variance=False),
            ),
            "not through the mean": (["missing-term", None, None], back(0, mean=False)),
            "not through the variance": (["missing-term", None, None], back(0, variance=False)),
            "no gain": (["dropped-factor", None, None], back(0, scaled=False)),
        },
        "g",
    ),
}


@pytest.mark.parametrize(("kind", "style"), right_answers(KINDS))
def test_a_right_answer_loses_nothing(kind, style):
    assert_loses_nothing(kind, style)


@pytest.mark.parametrize(("kind", "mistake"), mistakes(KINDS))
def test_a_mistake_is_named(kind, mistake):
    assert_named(kind, mistake)
