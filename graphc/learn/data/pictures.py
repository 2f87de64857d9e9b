"""Made images: phantoms with their masks, and shapes with their classes and boxes."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from ...language.errors import GraphcError
from .dataset import Target

Pictures = tuple[np.ndarray, dict[str, Target]]


def phantoms(random: Generator, rows: int, size: int, noise: float) -> Pictures:
    """A dim body with a bright organ in it, and a smaller one that is less bright; the mask is that of the organ."""
    _at_least(size, 8, "phantoms")
    body = _ellipses(random, rows, size, near=0.08, least=0.55, most=0.85)
    organ = _ellipses(random, rows, size, near=0.35, least=0.2, most=0.4)
    other = _ellipses(random, rows, size, near=0.5, least=0.1, most=0.2)
    image = 0.3 * _soft(body, size) + 0.5 * _soft(organ, size) + 0.2 * _soft(other, size) * (organ > 1)
    image += noise * random.normal(size=image.shape)
    return image[:, None], {"t": Target((organ <= 1)[:, None].astype(np.float64), ())}


def _ellipses(random: Generator, rows: int, size: int, near: float, least: float, most: float) -> np.ndarray:
    """How far each pixel is from the middle of an ellipse, where the edge is at 1; an image is from -1 to 1."""
    axis = (np.arange(size) + 0.5) / size * 2 - 1
    middle = random.uniform(-near, near, (2, rows, 1, 1))
    radius = random.uniform(least, most, (2, rows, 1, 1))
    angle = random.uniform(0, np.pi, (rows, 1, 1))
    down, across = axis[:, None] - middle[0], axis[None, :] - middle[1]
    along = (np.cos(angle) * down + np.sin(angle) * across) / radius[0]
    beside = (np.cos(angle) * across - np.sin(angle) * down) / radius[1]
    return np.sqrt(along**2 + beside**2)


def _soft(distance: np.ndarray, size: int) -> np.ndarray:
    """1 inside and 0 outside, with an edge about a pixel wide."""
    return np.clip(0.5 + (1 - distance) * size / 8, 0, 1)


SHAPES = {
    "square": lambda down, across: np.maximum(np.abs(down), np.abs(across)) <= 1,
    "cross": lambda down, across: (
        (np.minimum(np.abs(down), np.abs(across)) <= 0.34) & (np.maximum(np.abs(down), np.abs(across)) <= 1)
    ),
    "disc": lambda down, across: down**2 + across**2 <= 1,
    "triangle": lambda down, across: (np.abs(across) <= (1 + down) / 2) & (np.abs(down) <= 1),
}


def shapes(random: Generator, rows: int, size: int, classes: int, noise: float) -> Pictures:
    """One shape an image. Its box is the middle, downwards and across, and the height and width, in images."""
    _at_least(size, 8, "shapes")
    if not 2 <= classes <= len(SHAPES):
        raise GraphcError(f"`classes` of `shapes` is 2 to {len(SHAPES)}, not {classes}")
    names = tuple(SHAPES)[:classes]
    label = np.arange(rows) % classes
    half = random.uniform(size / 6, size / 3, rows)
    middle = random.uniform(half, size - half, (2, rows))
    axis = np.arange(size) + 0.5
    down = (axis[:, None] - middle[0][:, None, None]) / half[:, None, None]
    across = (axis[None, :] - middle[1][:, None, None]) / half[:, None, None]
    image = noise * random.normal(size=(rows, 1, size, size))
    for number, name in enumerate(names):
        own = label == number
        image[own, 0] += SHAPES[name](down[own], across[own])
    box = np.stack([middle[0], middle[1], 2 * half, 2 * half], axis=1) / size
    return image, {"t": Target(label, names), "box": Target(box)}


def _at_least(size: int, least: int, name: str) -> None:
    if size < least:
        raise GraphcError(f"`size` of `{name}` is at least {least}, not {size}")
