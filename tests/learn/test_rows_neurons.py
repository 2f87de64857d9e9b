"""The first systems of the lectures: the delta rule, linear layers that are one, slopes and losses of the slides."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import graphc as gc
from graphc.graph.network import load
from graphc.language.text import text
from graphc.learn.data.catalogue import make
from graphc.learn.data.fit_to import fit_to
from graphc.learn.fit import fit

RANDOM = np.random.default_rng(5)


# -- the perceptron


def mistakes(w: np.ndarray, b: float, x: np.ndarray, t: np.ndarray) -> int:
    return int((((x @ w + b) > 0) != t).sum())


def test_a_step_of_the_perceptron_is_the_delta_rule_and_it_ends_with_no_mistake():
    net = load("perceptron")
    feed = fit_to(net, make("clusters", rows=80), np.float64)
    x, t = feed.arrays()["x"], feed.arrays()["t"]
    step = gc.TrainingStep(net, optimizer=gc.SGD(1.0), dtype="float64", sizes=feed.sizes, seed=3)
    w, b = step.params["w"].copy(), float(step.params["b"])
    w[:], b = [1.0, -4.0], 5.0  # wrong about most
    step.params["w"][...], step.params["b"][...] = w, b
    assert mistakes(w, b, x, t) > 20
    for _ in range(10):
        for row, wanted in zip(x, t, strict=True):
            delta = wanted - float(row @ w + b > 0)
            w, b = w + delta * row, b + delta
            step(x=row[None], t=wanted[None])
            np.testing.assert_allclose(step.params["w"], w, atol=1e-12)
            assert float(step.params["b"]) == pytest.approx(b, abs=1e-12)
    assert mistakes(w, b, x, t) == 0


def test_the_delta_rule_ends_nowhere_on_points_that_no_line_parts():
    net = load("perceptron")
    feed = fit_to(net, make("circles", rows=80))
    step = gc.TrainingStep(net, optimizer=gc.SGD(1.0), sizes=feed.sizes)
    fit(step, feed, epochs=20, batch_size=1, metrics=[])
    x, t = feed.arrays()["x"], feed.arrays()["t"]
    assert mistakes(step.params["w"], float(step.params["b"]), x, t) > 20


# -- layers without an activation


def test_two_linear_layers_are_one_for_any_weights():
    net = load("linear-stack")
    given = {"x": (5, 3), "t": (5, 2), "W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    arrays = {name: RANDOM.normal(size=shape) for name, shape in given.items()}
    same, y = gc.compile([net["same"], net["y"]])(**arrays)
    assert np.abs(same).max() < 1e-12
    assert np.abs(y).max() > 1


# -- activations


ALPHA = 0.3
SLOPES = {
    "sigmoid_z": lambda z, h: h * (1 - h),
    "tanh_z": lambda z, h: 1 - h**2,
    "relu_z": lambda z, h: (z > 0).astype(float),
    "leaky_z": lambda z, h: np.where(z > 0, 1, 0.01),
    "prelu_z": lambda z, h: np.where(z > 0, 1, ALPHA),
    "identity": lambda z, h: np.ones_like(z),
    "threshold": lambda z, h: np.zeros_like(z),
}


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_are_those_of_the_slides(name):
    net = load("activations")
    z = np.concatenate([RANDOM.normal(size=20), [-1e4, -30.0, 30.0, 1e4]])
    h, found = gc.compile([net[name], *gc.grad(gc.sum(net[name]), [net["z"]])])(z=z, alpha=ALPHA)
    np.testing.assert_allclose(found, SLOPES[name](z, h), atol=1e-12)


def test_the_slope_of_a_softmax_is_that_of_the_slides():
    net = load("activations")
    z = RANDOM.normal(size=6)
    (p,) = gc.compile([net["softmax_z"]])(z=z)
    (jacobian,) = gc.compile(gc.grad(net["softmax_z"], [net["z"]]))(z=z)
    np.testing.assert_allclose(jacobian, np.diag(p) - np.outer(p, p), atol=1e-12)


def test_the_derivation_says_slopes_in_the_values_that_are_there():
    net = load("activations")
    for name, slope in (("sigmoid_z", "sigmoid_z[i]*(1 - sigmoid_z[i])"), ("tanh_z", "1 - tanh_z[i]**2")):
        (result,) = gc.derive(net[name], wrt=[net["z"]]).result.values()
        assert slope in text(result.body)


def test_the_slope_of_a_prelu_is_learned():
    x = RANDOM.uniform(-1, 1, (200, 1))
    a = 2 * x - 0.3
    model = gc.Sequential([gc.Dense(1, "prelu", start=1.0)], input=(1,))
    assert model.values["alpha1"] == np.float32(0.25)
    model.compile(gc.Adam(0.05), "mse")
    model.fit(x, np.where(a > 0, a, 0.6 * a), epochs=60, verbose=False)
    found = {name: float(np.ravel(value)[0]) for name, value in model.values.items()}
    assert found == pytest.approx({"W1": 2, "b1": -0.3, "alpha1": 0.6}, abs=0.03)


# -- losses


def sigma(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(z / 2))


def softmax(q: np.ndarray) -> np.ndarray:
    e = np.exp(q - q.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# the gradient of each loss, by what it is of; `n` examples in the mean
GRADIENTS = {
    ("mse", "y"): lambda v, n: 2 * (v["y"] - v["d"]) / n,
    ("half", "y"): lambda v, n: (v["y"] - v["d"]) / n,
    ("l1", "y"): lambda v, n: np.sign(v["y"] - v["d"]) / n,
    ("reconstruction", "y"): lambda v, n: 2 * (v["y"] - v["d"]),
    ("binary", "z"): lambda v, n: (sigma(v["z"]) - v["t"]) / n,
    ("binary_logits", "z"): lambda v, n: (sigma(v["z"]) - v["t"]) / n,
    ("hinge_loss", "z"): lambda v, n: np.where((2 * v["t"] - 1) * v["z"] < 1, 1 - 2 * v["t"], 0) / n,
    ("categorical", "q"): lambda v, n: (softmax(v["q"]) - v["c"]) / n,
    ("categorical_logits", "q"): lambda v, n: (softmax(v["q"]) - v["c"]) / n,
    ("divergence", "q"): lambda v, n: (softmax(v["q"]) - v["p"]) / n,
}


@cache
def loss_and_gradient(loss: str, by: str) -> gc.Program:
    net = load("losses")
    return gc.compile([net[loss], *gc.grad(net[loss], [net[by]])])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1.0, 1e4], ids=["small", "huge"])
@pytest.mark.parametrize(("loss", "by"), GRADIENTS, ids=[f"{loss} by {by}" for loss, by in GRADIENTS])
def test_losses_and_their_gradients_are_those_of_the_slides_and_finite(loss, by, size, dtype):
    n = 8
    # the first half of the examples is right, the second wrong, by as much as logits go
    t = np.arange(n) % 2
    surely = np.where(np.arange(n) < n // 2, 1, -1)
    values = {
        "y": size * RANDOM.normal(size=n), "d": size * RANDOM.normal(size=n), "t": t,
        "z": size * surely * (2 * t - 1), "c": np.eye(3)[np.arange(n) % 3], "p": softmax(RANDOM.normal(size=(n, 3))),
    }  # fmt: skip
    values["q"] = size * surely[:, None] * (2 * values["c"] - 1) * [1.0, 0.7, 0.4]
    arrays = {name: np.asarray(value, dtype) for name, value in values.items()}
    value, gradient = loss_and_gradient(loss, by)(**arrays)
    assert np.isfinite(value)
    wanted = GRADIENTS[loss, by]({name: value.astype("float64") for name, value in arrays.items()}, n)
    near = {"float32": 2e-5, "float64": 1e-11}[dtype]
    np.testing.assert_allclose(gradient, wanted, rtol=near, atol=near * max(1, np.abs(wanted).max()))
    if loss.startswith("binary") and size == 1e4:
        assert value == pytest.approx(1e4 / 2, rel=1e-6)  # half of them are wrong by 10⁴
