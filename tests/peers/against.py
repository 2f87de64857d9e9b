"""One net in the language, the same in another library, the same arrays: values and every gradient must agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

import graphc as gc

RNG = np.random.default_rng(11)
X, Y = RNG.normal(size=(5, 4)), RNG.normal(size=(5, 4))
IMAGES = RNG.normal(size=(2, 3, 8, 9))
KERNELS = RNG.normal(size=(4, 3, 3, 2))
BINARY = (Y > 0) * 1.0
CLASSES = np.array([0, 2, 3, 1, 1])
ONE_HOT = np.eye(4)[CLASSES]
DISTRIBUTION = np.exp(Y) / np.exp(Y).sum(-1, keepdims=True)

Oracle = Callable[[Mapping[str, np.ndarray], list[str]], list[np.ndarray]]


def check_agreement(folder: Path, text: str, arrays: Mapping[str, np.ndarray], wrt: str, oracle: Oracle) -> None:
    """`L` of a net, summed, and its gradients, against what the oracle gives for the same arrays and names."""
    file = folder / "case.net"
    file.write_text(text, "utf-8")
    net = gc.load(file)
    names = wrt.split()
    total = gc.sum(net["L"]) if net["L"].rank else net["L"]
    found = gc.compile([net["L"], *gc.grad(total, [net[name] for name in names])])(**arrays)
    for got, expected in zip(found, oracle(arrays, names), strict=True):
        assert got.shape == expected.shape
        scale = np.abs(expected).max(initial=1e-3)
        np.testing.assert_allclose(got, expected, rtol=1e-8, atol=1e-11 * scale)
