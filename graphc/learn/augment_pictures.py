"""Pictures and points moved, many at once: what a motion brings to each place, read between four pixels.

A motion that moves nothing changes nothing, and a mirror image has the same numbers: the weights are 0 and 1 then.
"""

from __future__ import annotations

import numpy as np

from .augment import Motion


def moved_pictures(pictures: np.ndarray, motion: Motion, nearest: bool = False) -> np.ndarray:
    """Pictures [n, channels, height, width], each moved by its own motion; what comes from outside is 0.

    With `nearest` each pixel is one of those before, as classes and masks have to be.
    """
    count, channels, height, width = pictures.shape
    rows, columns = _sources(motion.back(), height, width, pictures.dtype)
    if nearest:
        rows, columns = np.floor(rows + 0.5), np.floor(columns + 0.5)
    top, left = np.floor(rows), np.floor(columns)
    low, right = (rows - top)[:, None], (columns - left)[:, None]
    # a frame of zeros, in which all that is outside falls
    framed = np.zeros((count, channels, height + 3, width + 3), pictures.dtype)
    framed[:, :, 1:-2, 1:-2] = pictures
    corner = (top.astype(np.intp) + 1) * (width + 3) + left.astype(np.intp) + 1
    first = np.arange(count * channels).reshape(count, channels, 1) * ((height + 3) * (width + 3))
    place, flat = first + corner[:, None], framed.ravel()
    if nearest:
        return flat.take(place).reshape(pictures.shape)
    high, far = 1 - low, 1 - right
    found = flat.take(place) * (high * far)
    place += 1
    found += flat.take(place) * (high * right)
    place += width + 2
    found += flat.take(place) * (low * far)
    place += 1
    found += flat.take(place) * (low * right)
    return found.reshape(pictures.shape)


def _sources(back: Motion, height: int, width: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """The row and the column [n, height · width] that each pixel comes from; far outside is just outside."""
    middle = (height - 1) / 2, (width - 1) / 2
    down, across = np.arange(height, dtype=dtype) - middle[0], np.arange(width, dtype=dtype) - middle[1]
    turn, shift = back.turn.astype(dtype), back.shift.astype(dtype)
    found = []
    for axis, extent in enumerate((height, width)):
        along = turn[:, axis, 0, None] * down + (shift[:, axis, None] + dtype.type(middle[axis]))
        place = along[:, :, None] + (turn[:, axis, 1, None] * across)[:, None, :]
        found.append(np.clip(place, -1, extent, out=place).reshape(len(turn), height * width))
    return found[0], found[1]


def moved_points(points: np.ndarray, motion: Motion, middle: np.ndarray) -> np.ndarray:
    """Points [n, 2], the first number to the right and the second upwards, moved about a middle."""
    places = (points - middle)[:, ::-1] * (-1, 1)
    way = ((motion.turn - np.eye(2)) @ places[:, :, None])[:, :, 0] + motion.shift
    return (points + (way * (-1, 1))[:, ::-1]).astype(points.dtype)
