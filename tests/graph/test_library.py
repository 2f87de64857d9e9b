"""Each function of the library against an independent formula in NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from graphc.graph.functions import names
from tests.graph.nets import net, value

RANDOM = np.random.default_rng(5)
Z = np.array([-3.0, -0.5, 0.0, 0.25, 2.0])
ERF = np.vectorize(math.erf)


def sigma(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def softmax(z: np.ndarray) -> np.ndarray:
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


ELEMENTWISE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "exp(z)": np.exp,
    "log(exp(z) + 1)": lambda z: np.log(np.exp(z) + 1),
    "sqrt(abs(z))": lambda z: np.sqrt(np.abs(z)),
    "abs(z)": np.abs,
    "sin(z)": np.sin,
    "cos(z)": np.cos,
    "tanh(z)": np.tanh,
    "erf(z)": ERF,
    "sign(z)": np.sign,
    "step(z)": lambda z: (z > 0) * 1.0,
    "max(z, 0.1)": lambda z: np.maximum(z, 0.1),
    "min(z, 0.1)": lambda z: np.minimum(z, 0.1),
    "sigma(z)": sigma,
    "sigmoid(z)": sigma,
    "σ(z)": sigma,
    "softplus(z)": lambda z: np.log1p(np.exp(z)),
    "relu(z)": lambda z: np.maximum(z, 0),
    "leaky_relu(z)": lambda z: np.where(z > 0, z, 0.01 * z),
    "leaky_relu(z, slope=0.3)": lambda z: np.where(z > 0, z, 0.3 * z),
    "elu(z)": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "elu(z, alpha=2)": lambda z: np.where(z > 0, z, 2 * (np.exp(z) - 1)),
    "gelu(z)": lambda z: z * (1 + ERF(z / np.sqrt(2))) / 2,
    "silu(z)": lambda z: z * sigma(z),
    "pi*z": lambda z: np.pi * z,
}


@pytest.mark.parametrize("formula", ELEMENTWISE)
def test_an_elementwise_function_is_its_formula(formula: str) -> None:
    np.testing.assert_allclose(value(net("input z[n]", f"y = {formula}"), z=Z), ELEMENTWISE[formula](Z), atol=1e-15)


Y, T = np.array([0.2, 0.7, 0.99]), np.array([0.0, 1.0, 1.0])
PAIRS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "squared_error(y_, t)": lambda y, t: (y - t) ** 2,
    "absolute_error(y_, t)": lambda y, t: np.abs(y - t),
    "hinge(y_, 2*t - 1)": lambda y, t: np.maximum(0, 1 - (2 * t - 1) * y),
    "binary_cross_entropy(y_, t)": lambda y, t: -t * np.log(y) - (1 - t) * np.log(1 - y),
    "binary_cross_entropy_with_logits(y_, t)": lambda y, t: -t * np.log(sigma(y)) - (1 - t) * np.log(1 - sigma(y)),
}


@pytest.mark.parametrize("formula", PAIRS)
def test_a_loss_of_one_number_is_its_formula(formula: str) -> None:
    network = net("input y_[n]", "input t[n]", f"y = {formula}")
    np.testing.assert_allclose(value(network, y_=Y, t=T), PAIRS[formula](Y, T))


Q = RANDOM.normal(size=(4, 2, 3))
ONE_HOT = np.eye(3)[RANDOM.integers(0, 3, size=(4, 2))]
ROWS: dict[str, Callable[[], np.ndarray]] = {
    "softmax(z)": lambda: softmax(Q),
    "log_softmax(z)": lambda: np.log(softmax(Q)),
    "logsumexp(z)": lambda: np.log(np.exp(Q).sum(-1)),
    "cross_entropy(z, t)": lambda: -(ONE_HOT * np.log(softmax(Q))).sum(-1),
    "cross_entropy(z, c)": lambda: -(ONE_HOT * np.log(softmax(Q))).sum(-1),
    "categorical_cross_entropy(softmax(z), t)": lambda: -(ONE_HOT * np.log(softmax(Q))).sum(-1),
    "categorical_cross_entropy(softmax(z), c)": lambda: -(ONE_HOT * np.log(softmax(Q))).sum(-1),
    "kl_divergence(softmax(2*z), softmax(z))": lambda: (softmax(2 * Q) * np.log(softmax(2 * Q) / softmax(Q))).sum(-1),
    "kl_divergence(t, softmax(z))": lambda: -(ONE_HOT * np.log(softmax(Q))).sum(-1),
    "layer_norm(z, g, b)": lambda: (
        (Q - Q.mean(-1, keepdims=True)) / np.sqrt(Q.var(-1, keepdims=True) + 1e-5) * GAIN + BIAS
    ),
    "layer_norm(z, g, b, eps=0.5)": lambda: (
        (Q - Q.mean(-1, keepdims=True)) / np.sqrt(Q.var(-1, keepdims=True) + 0.5) * GAIN + BIAS
    ),
}
GAIN, BIAS = RANDOM.normal(size=3), RANDOM.normal(size=3)


@pytest.mark.parametrize("formula", ROWS)
def test_a_function_along_the_last_axis_is_its_formula_under_any_leading_axes(formula: str) -> None:
    network = net(
        "input z[n, m, 3]", "input t[n, m, 3]", "input c[n, m] : integer", "input g[3]", "input b[3]", f"y = {formula}"
    )
    found = value(network, z=Q, t=ONE_HOT, c=ONE_HOT.argmax(-1), g=GAIN, b=BIAS)
    np.testing.assert_allclose(found, ROWS[formula](), atol=1e-14)


def test_softmax_works_on_a_vector() -> None:
    np.testing.assert_allclose(value(net("input z[n]", "y = softmax(z)"), z=Z), softmax(Z))


@pytest.mark.parametrize("rank", [2, 3, 4, 5])
def test_batch_norm_normalises_over_all_axes_but_the_second(rank: int) -> None:
    x = RANDOM.normal(size=(4, 3, 2, 3, 2)[:rank])
    others = (0, *range(2, rank))
    along = (slice(None), *(None,) * (rank - 2))
    expected = (x - x.mean(others, keepdims=True)) / np.sqrt(x.var(others, keepdims=True) + 1e-5)
    dims = ", ".join(("n", "3", "i", "j", "k")[:rank])
    network = net(f"input x[{dims}]", "param g[3]", "param b[3]", "y = batch_norm(x, g, b)")
    np.testing.assert_allclose(value(network, x=x, g=GAIN, b=BIAS), expected * GAIN[along] + BIAS[along])


def convolved(x: np.ndarray, w: np.ndarray, stride: int, pad: int, dilation: int) -> np.ndarray:
    """Cross-correlation by its definition, an element at a time."""
    spatial = x.ndim - 2
    x = np.pad(x, [(0, 0), (0, 0)] + [(pad, pad)] * spatial)
    reach = [dilation * (k - 1) + 1 for k in w.shape[2:]]
    shape = [(n - r) // stride + 1 for n, r in zip(x.shape[2:], reach, strict=True)]
    out = np.zeros((len(x), len(w), *shape))
    for place in np.ndindex(*shape):
        window = tuple(slice(stride * p, stride * p + r, dilation) for p, r in zip(place, reach, strict=True))
        patch = x[(slice(None), slice(None), *window)]
        out[(slice(None), slice(None), *place)] = np.tensordot(
            patch, w, (tuple(range(1, patch.ndim)), tuple(range(1, w.ndim)))
        )
    return out


@pytest.mark.parametrize(("stride", "pad", "dilation"), [(1, 0, 1), (2, 1, 1), (1, 2, 2), (3, 1, 1), (2, 0, 2)])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions_slide_the_kernel_as_it_is_drawn(rank: int, stride: int, pad: int, dilation: int) -> None:
    x, w = RANDOM.normal(size=(2, 2, 7, 6, 5)[: rank + 2]), RANDOM.normal(size=(3, 2, 3, 2, 2)[: rank + 2])
    sizes, kernel = ("H", "W", "D")[:rank], ("R", "S", "T")[:rank]
    network = net(
        f"input x[n, 2, {', '.join(sizes)}]",
        f"param w[3, 2, {', '.join(kernel)}]",
        f"y = conv{rank}d(x, w, stride={stride}, pad={pad}, dilation={dilation})",
    )
    np.testing.assert_allclose(value(network, x=x, w=w), convolved(x, w, stride, pad, dilation), atol=1e-13)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (2, 1)])
def test_pools_take_the_greatest_or_the_mean_of_each_window(size: int, stride: int) -> None:
    x = RANDOM.normal(size=(2, 3, 7, 6))
    shape = [(n - size) // stride + 1 for n in x.shape[2:]]
    for name, reduce in (("max_pool2d", np.max), ("avg_pool2d", np.mean)):
        network = net("input x[n, c, H, W]", f"y = {name}(x, {size}, stride={stride})")
        expected = np.zeros((2, 3, *shape))
        for p, q in np.ndindex(*shape):
            window = x[:, :, stride * p : stride * p + size, stride * q : stride * q + size]
            expected[:, :, p, q] = reduce(window, axis=(2, 3))
        np.testing.assert_allclose(value(network, x=x), expected)
    plain = net("input x[n, c, H, W]", f"y = max_pool2d(x, {size})")
    assert plain["y"].shape[2:] == (f"H//{size}", f"W//{size}") or size == 3


def test_dropout_is_the_identity_outside_training_and_each_has_a_mask_of_its_own() -> None:
    network = net("input x[n, 3]", "y = dropout(x, 0.5) + dropout(x, rate=0.25)")
    x = RANDOM.normal(size=(2, 3))
    np.testing.assert_allclose(value(network, x=x), 2 * x)
    masks = [node for node in network["y"].inputs if node.kind == "mask"]
    assert [mask.value for mask in masks] == [1 / 2, 1 / 4]  # type: ignore[attr-defined]
    assert len({mask.name for mask in masks}) == 2


WHOLE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sum(x)": np.sum,
    "mean(x)": np.mean,
    "max(x)": np.max,
    "min(x)": np.min,
    "prod(x)": np.prod,
    "sum(x, axis=0)": lambda x: x.sum(0),
    "mean(x, axis=-1)": lambda x: x.mean(-1),
    "max(x, axis=1, keepdims=true)": lambda x: x.max(1, keepdims=True),
    "min(x, axis=-2)": lambda x: x.min(-2),
    "prod(x, axis=(0, 2))": lambda x: x.prod((0, 2)),
    "logsumexp(x, axis=0)": lambda x: np.log(np.exp(x).sum(0)),
    "x - mean(x, axis=-1, keepdims=true)": lambda x: x - x.mean(-1, keepdims=True),
    "transpose(x)": np.transpose,
    "transpose(x, axes=(1, 0, -1))": lambda x: np.transpose(x, (1, 0, 2)),
    "flatten(x)": lambda x: x.reshape(2, 12),
    "reshape(x, (n, 12))": lambda x: x.reshape(2, 12),
    "reshape(x, (4, n, 3))": lambda x: x.reshape(4, 2, 3),
    "reshape(x, (3, -1))": lambda x: x.reshape(3, -1),
    "reshape(x, (n, 1, 2, 2, 3))": lambda x: x.reshape(2, 1, 2, 2, 3),
    "reshape(reshape(x, (n, 2, 6)), (-1,))": np.ravel,
    "concat(x, 2*x, x*x, axis=1)": lambda x: np.concatenate([x, 2 * x, x * x], 1),
    "concat(x, x)": lambda x: np.concatenate([x, x]),
    "concat(x, x, axis=-1)": lambda x: np.concatenate([x, x], -1),
    "where(x > 0, x, 7)": lambda x: np.where(x > 0, x, 7),
    "where(-1 < x <= 1, 1, 0)": lambda x: ((x > -1) & (x <= 1)) * 1.0,
    "(x == x) + (x != x) + (x >= 0)": lambda x: 1.0 + (x >= 0),
    "x @ transpose(x, axes=(0, 2, 1))": lambda x: x @ x.transpose(0, 2, 1),
}


@pytest.mark.parametrize("formula", WHOLE)
def test_whole_tensor_notation_is_numpys(formula: str) -> None:
    x = RANDOM.normal(size=(2, 4, 3))
    found = value(net("input x[n, 4, 3]", f"y = {formula}"), x=x)
    expected = WHOLE[formula](x)
    np.testing.assert_allclose(found, expected, atol=1e-14)
    assert found.shape == np.shape(expected)


@pytest.mark.parametrize(
    ("left", "right"),
    [((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 1)),
     ((3,), (5, 3, 4)), ((5, 2, 3), (3,)), ((1, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 2)), ((0, 3), (3, 2))],
)  # fmt: skip
def test_matmul_takes_vectors_matrices_and_stacks(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    a, b = RANDOM.normal(size=left), RANDOM.normal(size=right)
    network = net(f"input a{list(left)}", f"input b{list(right)}", "y = a @ b")
    np.testing.assert_allclose(value(network, a=a, b=b), a @ b, atol=1e-14)


@pytest.mark.parametrize(
    ("left", "right"), [((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2,)), ((4, 1, 3), (2, 1)), ((0,), (1,)), ((1,), (3,))]
)
def test_operators_broadcast(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    a, b = RANDOM.normal(size=left), RANDOM.normal(size=right)
    dims = [f"[{', '.join(map(str, shape))}]" if shape else "" for shape in (left, right)]
    network = net(f"input a{dims[0]}", f"input b{dims[1]}", "y = a*b - b/2 + a**2")
    np.testing.assert_allclose(value(network, a=a, b=b), a * b - b / 2 + a**2)


CONTRACT = """
exp log sqrt abs sin cos tanh erf sign step max min sigma sigmoid σ softplus relu leaky_relu elu gelu silu
squared_error absolute_error hinge binary_cross_entropy binary_cross_entropy_with_logits
softmax log_softmax logsumexp layer_norm cross_entropy categorical_cross_entropy kl_divergence
conv1d conv2d conv3d max_pool2d avg_pool2d batch_norm flatten dropout reshape concat transpose sum mean prod where
"""


def test_every_function_of_the_contract_is_there() -> None:
    assert set(CONTRACT.split()) <= set(names())
