"""The logistic neuron's gradients: right answers in several styles lose nothing, and each usual mistake is named."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import caller, codes, passes, reference

from grader.references import Reference


@pytest.fixture(scope="module")
def neuron() -> Reference:
    return reference("logistic", "gradients(x, t, w, b)", "dL/dw", "dL/db")


def sigma(a):
    return 1 / (1 + np.exp(-a))


def vectorised(x, t, w, b):
    d = (sigma(x @ w + b) - t) / len(t)
    return x.T @ d, d.sum()


def loops(x, t, w, b):
    n, m = x.shape
    dw, db = [0.0] * m, 0.0
    for i in range(n):
        a = b
        for j in range(m):
            a = a + x[i, j] * w[j]
        d = (np.exp(min(a, 0)) / (np.exp(min(a, 0)) + np.exp(min(-a, 0))) - t[i]) / n
        for j in range(m):
            dw[j] += d * x[i, j]
        db += d
    return np.array(dw), db


def einsum(x, t, w, b):
    y = sigma(np.einsum("ij,j->i", x, w) + b)
    return np.einsum("i,ij->j", y - t, x) / x.shape[0], np.mean(y - t)


def single(x, t, w, b):
    return vectorised(*(np.asarray(array, np.float32) for array in (x, t, w, b)))


@pytest.mark.parametrize("function", [vectorised, loops, einsum, single], ids=lambda f: f.__name__)
def test_a_right_answer_loses_nothing_however_it_is_written(neuron, function):
    assert passes(neuron, function) == {"dL/dw": True, "dL/db": True}
    assert codes(neuron, function) == [None, None]


def _with(residual, x, t, scale=1.0):
    d = residual / len(t) * scale
    return x.T @ d, d.sum()


def differences(x, t, w, b):
    def loss(w, b):
        y = sigma(x @ w + b)
        return np.mean(-t * np.log(y) - (1 - t) * np.log(1 - y))

    h = 1e-5
    dw = [(loss(w + h * e, b) - loss(w - h * e, b)) / (2 * h) for e in np.eye(len(w))]
    return np.array(dw), (loss(w, b + h) - loss(w, b - h)) / (2 * h)


MISTAKES = {
    "t - y": ("sign", lambda x, t, w, b: _with(t - sigma(x @ w + b), x, t)),
    "a sum over the batch": ("missing-mean", lambda x, t, w, b: _with(sigma(x @ w + b) - t, x, t, len(t))),
    "twice": ("constant-factor", lambda x, t, w, b: _with(sigma(x @ w + b) - t, x, t, 2.0)),
    "divided twice by n": ("extra-mean", lambda x, t, w, b: _with(sigma(x @ w + b) - t, x, t, 1 / len(t))),
    "no sigma": ("dropped-factor", lambda x, t, w, b: _with(x @ w + b - t, x, t)),
    "no bias": ("missing-term", lambda x, t, w, b: _with(sigma(x @ w) - t, x, t)),
    "only the last example": (
        "missing-sum",
        lambda x, t, w, b: (x[-1] * (sigma(x @ w + b) - t)[-1] / len(t), (sigma(x @ w + b) - t)[-1] / len(t)),
    ),
    "not summed": (
        "missing-sum",
        lambda x, t, w, b: (x.T * (sigma(x @ w + b) - t) / len(t), (sigma(x @ w + b) - t) / len(t)),
    ),
    "zeros": ("hard-coded", lambda x, t, w, b: (np.zeros_like(w), 0.0)),
    "exchanged": ("swapped", lambda x, t, w, b: vectorised(x, t, w, b)[::-1]),
    "an axis too many": ("wrong-shape", lambda *given: tuple(np.expand_dims(v, -1) for v in vectorised(*given))),
    "finite differences": ("approximate", differences),
    "nothing": ("missing", lambda x, t, w, b: (None, None)),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(neuron, mistake):
    code, function = MISTAKES[mistake]
    assert codes(neuron, function) == [code, code]
    assert passes(neuron, function) == {"dL/dw": False, "dL/db": False}


def test_a_mistake_in_one_of_the_values_is_told_for_that_one(neuron):
    def function(x, t, w, b):
        _, db = vectorised(x, t, w, b)
        return np.ones_like(x.T) @ (sigma(x @ w + b) - t) / len(t), db

    assert codes(neuron, function) == ["dropped-factor", None]


def test_whole_numbers_cannot_hold_a_gradient(neuron):
    found = codes(neuron, lambda *given: (vectorised(*given)[0].astype(int), vectorised(*given)[1]))
    assert found == ["wrong-dtype", None]


def test_what_nothing_explains_is_unknown_and_comes_with_tiny_numbers(neuron):
    def nonsense(x, t, w, b):
        return np.sin(w) + x.sum(axis=0), np.cos(b) * x.mean()

    evidence = [(case, caller(neuron, nonsense)(case.arrays())) for case in neuron.cases(11)]
    found = neuron.diagnose(evidence, caller(neuron, nonsense))["dL/dw"]
    assert found is not None
    assert found.code == "unknown"
    assert "x = [[" in found.text
    assert "shape (1,)" in found.text


def test_an_answer_for_one_size_is_hard_coded():
    given = reference("logistic", "f(x, t, w, b)", "dL/db", sizes=({"n": 4, "m": 3},))

    def of_four(x, t, w, b):
        return (sigma(x @ w + b) - t)[:4].sum() / 4

    assert codes(given, of_four) == ["hard-coded"]


def test_what_is_inaccurate_in_some_cases_only_is_not_called_hard_coded(neuron):
    found = codes(neuron, lambda x, t, w, b: tuple(np.round(v, 11) for v in vectorised(x, t, w, b)))
    assert found == ["approximate", "approximate"]
