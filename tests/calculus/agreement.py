"""Comparing derived gradients with an independent derivative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from autograd_oracle import jacobian_of
from reference import evaluate

from graphc.calculus.differentiate import differentiate
from graphc.calculus.prepare import prepare
from graphc.graph.node import Leaf, Node, order


def draw(roots: Sequence[Node], seed: int = 0, **sizes: int) -> dict[str, np.ndarray]:
    """Values for every leaf: normal numbers, or what its attributes say."""
    rng = np.random.default_rng(seed)
    values = {}
    for leaf in order(roots):
        if isinstance(leaf, Leaf) and leaf.kind in ("input", "param"):
            shape = tuple(extent(**sizes) for extent in leaf.extents)
            values[leaf.name] = _values(leaf, shape, rng)
    return values


def _values(leaf: Leaf, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    if "integer" in leaf.attributes:
        return rng.integers(0, 3, shape)
    if "binary" in leaf.attributes:
        return rng.integers(0, 2, shape) * 1.0
    if "unit" in leaf.attributes:
        return rng.uniform(0.1, 0.9, shape)
    if "one_hot" in leaf.attributes:
        return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
    if "distribution" in leaf.attributes:
        return rng.dirichlet(np.ones(shape[-1]), shape[:-1])
    return rng.normal(size=shape)


def close(found: np.ndarray, expected: np.ndarray, tolerance: float = 1e-9) -> None:
    assert found.shape == expected.shape, (found.shape, expected.shape)
    if found.size:
        scale = max(1e-3, np.max(np.abs(expected)))
        assert np.max(np.abs(found - expected)) <= tolerance * scale, f"\n{found}\n{expected}"


def check_agreement(
    of: Node, wrt: Sequence[Node], values: Mapping[str, np.ndarray] | None = None, order_: int = 1, **sizes: int
) -> list[Node]:
    """The derivative (or Jacobian) of `of` is autograd's, before and after it is prepared for computing."""
    values = draw([of, *wrt], **sizes) if values is None else values
    gradients = differentiate(of, wrt)
    expected = [jacobian_of(of, w, values) for w in wrt]
    for nodes in (gradients, prepare(gradients)):
        for found, wanted in zip(evaluate([*nodes, of, *wrt], values), expected, strict=False):  # which give the sizes
            close(found, wanted)
    if order_ > 1:
        for gradient in gradients:
            check_agreement(gradient, wrt, values, order_ - 1)
    return gradients
