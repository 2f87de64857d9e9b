"""Every function that a net has: its gradient against autograd, and against differences of its value."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import check_agreement, draw
from reference import evaluate
from texts import net

from graphc.calculus.prepare import prepare
from graphc.graph.network import Network

ELEMENTWISE = """
exp(x); log(1 + x**2); sqrt(1 + x**2); abs(x); sin(x); cos(x); tanh(x); erf(x); sign(x)*x; step(x)*x; max(x, v)
min(x, v); sigma(x); sigmoid(x); σ(x); softplus(x); relu(x); leaky_relu(x); leaky_relu(x, slope=0.3); elu(x)
elu(x, alpha=2); gelu(x); silu(x); squared_error(x, v); absolute_error(x, v); hinge(x, v)
binary_cross_entropy(sigma(x), sigma(v)); binary_cross_entropy_with_logits(x, v); softmax(x); log_softmax(x)
layer_norm(x, g, c); layer_norm(x, g, c, eps=0.1); x**3; x/v; 2**x; (1 + x**2)**v; where(x < v, x*v, exp(x))
x @ transpose(v) @ x; reshape(x, (3, 2)) @ v; concat(x, v, axis=1) @ transpose(concat(v, x, axis=1)) @ M
x + g; x*v[0,1]
"""
ROWS = """
logsumexp(x); cross_entropy(x, softmax(v)); cross_entropy(x, k); categorical_cross_entropy(softmax(x), softmax(v))
categorical_cross_entropy(softmax(x), k); kl_divergence(softmax(x), softmax(v)); sum(x, axis=1); mean(x, axis=-1)
max(x, axis=1); min(x, axis=1); prod(x, axis=1); x @ g
"""
IMAGES = [
    *("conv2d(x, w)", "conv2d(x, w, stride=2)", "conv2d(x, w, pad=1)", "conv2d(x, w, pad=2, stride=2, dilation=2)"),
    *("max_pool2d(x, 2)", "max_pool2d(x, 3, stride=1)", "max_pool2d(x, 2, stride=3)"),
    *("avg_pool2d(x, 2)", "avg_pool2d(x, 3, stride=2)", "batch_norm(x, g, c)", "batch_norm(x, g, c, eps=0.1)"),
    *("flatten(x)", "reshape(x, (4, 25))", "flatten(max_pool2d(relu(conv2d(x, w, pad=1)), 2))"),
]
DECLARED = "input x[2,3]\ninput v[2,3]\ninput k[2] : integer\nparam g[3]\nparam c[3]\nparam M[2,3]\n"
DRAWN = "input x[2,2,5,5]\nparam w[3,2,2,2]\nparam g[2]\nparam c[2]\n"
SEQUENCE = "input x[2,2,7]\nparam w[3,2,3]\n"
VOLUME = "input x[1,2,3,3,4]\nparam w[2,2,2,2,2]\n"


def formulas(table: str) -> list[str]:
    return [one.strip() for line in table.strip().splitlines() for one in line.split(";")]


CASES = [DECLARED + f"y = {one}" for one in formulas(ELEMENTWISE) + formulas(ROWS)]
CASES += [DRAWN + f"y = {one}" for one in IMAGES]
CASES += [SEQUENCE + f"y = {one}" for one in ("conv1d(x, w)", "conv1d(x, w, stride=2, pad=1, dilation=2)")]
CASES += [VOLUME + f"y = {one}" for one in ("conv3d(x, w)", "conv3d(x, w, stride=2, pad=1)")]


def slope_by_differences(loaded: Network, values: dict[str, np.ndarray], along: dict[str, np.ndarray]) -> float:
    """Of fourth order, so that what is left is rounding."""
    roots = prepare([loaded["L"]])

    def at(step: float) -> float:
        return float(evaluate(roots, {name: a + step * along.get(name, 0) for name, a in values.items()})[0])

    h = 1e-3
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


@pytest.mark.parametrize("text", CASES, ids=lambda text: text.rpartition("y = ")[2])
def test_the_gradient_of_a_library_function(text: str) -> None:
    loaded = net(text + "\nloss L = sum(y*sin(y + 1))")
    real = [leaf for leaf in (*loaded.inputs, *loaded.params) if not leaf.integer]
    values = draw([loaded["L"], *loaded.inputs, *loaded.params], seed=4)
    gradients = check_agreement(loaded["L"], real, values)
    rng = np.random.default_rng(1)
    along = {leaf.name or "": rng.normal(size=values[leaf.name or ""].shape) for leaf in real}
    found = evaluate([*gradients, *real], values)
    slope = sum(np.sum(g * along[leaf.name or ""]) for g, leaf in zip(found, real, strict=False))
    np.testing.assert_allclose(slope, slope_by_differences(loaded, values, along), rtol=1e-6, atol=1e-8)
