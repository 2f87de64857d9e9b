"""Pictures made larger or smaller: each axis is a product with a matrix of linear weights."""

from __future__ import annotations

import numpy as np


def resized(pictures: np.ndarray, height: int, width: int) -> np.ndarray:
    """The last two axes at another size, as float32; a constant picture stays constant."""
    rows = weights(pictures.shape[-2], height).astype(np.float32)
    columns = weights(pictures.shape[-1], width).astype(np.float32)
    return rows @ pictures.astype(np.float32, copy=False) @ columns.T


def weights(before: int, after: int) -> np.ndarray:
    """How much each old pixel counts in each new one: a triangle over the old ones near its middle.

    Enlarged, that is linear interpolation; made smaller, the triangle is as wide as a new pixel, so that none is lost.
    """
    step = before / after
    middle = (np.arange(after) + 0.5) * step - 0.5
    reach = max(step, 1.0)
    middle = np.clip(middle, 0, before - 1) if step <= 1 else middle
    triangle = np.maximum(0, 1 - np.abs(np.arange(before) - middle[:, None]) / reach)
    return triangle / triangle.sum(axis=1, keepdims=True)
