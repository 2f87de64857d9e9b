"""The training steps that are timed: a model, a batch size, arrays for it, and the ratio to PyTorch aimed at."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True)
class Case:
    """One gradient program in float32: loss and the derivatives of all parameters."""

    name: str
    title: str
    model: str
    batch: int
    target: float
    inputs: dict[str, tuple[int, ...]]
    params: dict[str, tuple[int, ...]]

    def arrays(self) -> dict[str, np.ndarray]:
        """The same numbers for everyone: standard normal inputs, weights scaled by their fan-in, labels."""
        random = np.random.default_rng(0)
        made = {name: random.standard_normal((self.batch, *shape)) for name, shape in self.inputs.items()}
        classes = self.inputs["t"][0]
        labels = random.integers(0, max(classes, 2), self.batch)
        made["t"] = labels[:, None] if classes == 1 else np.eye(classes)[labels]
        for name, shape in self.params.items():
            fan_in = int(np.prod(shape[1:])) if len(shape) == 4 else shape[0]
            made[name] = random.standard_normal(shape) / np.sqrt(fan_in)
        return {name: array.astype(np.float32) for name, array in made.items()}


def _dense(*widths: int, first: int = 1) -> dict[str, tuple[int, ...]]:
    """Weights and biases of dense layers, in order."""
    params: dict[str, tuple[int, ...]] = {}
    for layer, (width, following) in enumerate(pairwise(widths), first):
        params |= {f"W{layer}": (width, following), f"b{layer}": (following,)}
    return params


_SMALL = ({"x": (2,), "t": (1,)}, _dense(2, 4, 1))
_FILTERS = {"K1": (6, 1, 5, 5), "b1": (6,), "K2": (16, 6, 5, 5), "b2": (16,)}

CASES = [
    Case("relu", "2-4-1 relu, batch 32", "mlp", 32, 0.3, *_SMALL),
    Case("sigma", "2-4-1 sigma, batch 32", "mlp-2-4-1", 32, 0.3, *_SMALL),
    Case(
        "dense",
        "784-512-512-10, batch 256",
        str(MODELS / "dense.net"),
        256,
        0.65,
        {"x": (784,), "t": (10,)},
        _dense(784, 512, 512, 10),
    ),
    Case(
        "lenet5",
        "LeNet-5, batch 64",
        "lenet5",
        64,
        1.1,
        {"x": (1, 32, 32), "t": (10,)},
        _FILTERS | _dense(400, 120, 84, 10, first=3),
    ),
]
