"""A training step: what it computes, what it changes, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest

import graphc as gc
from graphc.calculus.request import requests
from graphc.graph.network import Network, load, read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source

RNG = np.random.default_rng(2)
X, T = RNG.normal(size=(6, 2)), RNG.integers(0, 2, (6, 1)).astype(float)


def net(text: str) -> Network:
    return read_network(parse_net(Source("test.net", text)), "test")


def copied(step: gc.TrainingStep) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in step.state.items()}


def test_the_gradient_in_a_step_is_the_one_that_is_asked_for_by_name():
    model = load("mlp-2-4-1")
    step = gc.TrainingStep(model, optimizer=gc.SGD(0.0), dtype="float64")
    names = [f"dL/d{name}" for name in step.params]
    loss, *expected = gc.compile([model.loss, *requests(model, names)])(x=X, t=T, **step.params)
    assert step(x=X, t=T) == loss
    for name, gradient in zip(step.params, expected, strict=True):
        np.testing.assert_array_equal(step.gradient[name], gradient)


def test_parameters_are_updated_in_the_same_arrays():
    step = gc.TrainingStep(load("mlp-2-4-1"), optimizer=gc.SGD(0.5), dtype="float64")
    arrays, before = step.state, copied(step)
    step(x=X, t=T)
    for name, array in step.state.items():
        assert np.shares_memory(array, arrays[name])
        np.testing.assert_array_equal(array, before[name] - 0.5 * step.gradient[name])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_seed_gives_the_same_bits(dtype):
    def trained():
        model = net("input x[n,2]\ninput t[n,1]\nparam W[2,8]\nparam b[8]\nparam V[8,1]\n"
                    "output y = sigma(dropout(relu(x @ W + b), 0.5) @ V)\n"
                    "loss L = mean(binary_cross_entropy(y, t))")  # fmt: skip
        step = gc.TrainingStep(model, optimizer=gc.Adam(0.1), seed=3, dtype=dtype)
        losses = [step(x=X, t=T) for _ in range(20)]
        return losses, step.state

    (one, first), (two, second) = trained(), trained()
    assert one == two
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])
