"""Which rows go to which part."""

from __future__ import annotations

import numpy as np

from ...language.errors import GraphcError
from .dataset import Dataset


def split_rows(
    count: int, fraction: float, seed: int = 0, labels: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The rows of two parts in their order, the second with about `fraction` of them, and neither empty.

    With `labels`, each class gives its share. The same seed gives the same parts.
    """
    if not 0 < fraction < 1:
        raise GraphcError(f"a part is a fraction between 0 and 1, not {fraction}")
    if count < 2:
        raise GraphcError("one example cannot be split in two parts")
    shuffled = np.random.default_rng(seed).permutation(count)
    wanted = min(max(round(count * fraction), 1), count - 1)
    if labels is not None:
        shuffled = shuffled[_evenly(labels[shuffled])]
    return np.sort(shuffled[wanted:]), np.sort(shuffled[:wanted])


def _evenly(labels: np.ndarray) -> np.ndarray:
    """An order in which any first rows have each class in its proportion."""
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.argsort(place, kind="stable")


def split(data: Dataset, fraction: float = 0.2, seed: int = 0, stratified: bool = False) -> tuple[Dataset, Dataset]:
    """The data to learn from and the data held out."""
    labels = next((target.values.ravel() for target in data.targets.values() if target.classes), None)
    if stratified and labels is None:
        raise GraphcError(f"{data.name} has no classes to keep in proportion")
    first, second = split_rows(data.rows, fraction, seed, labels if stratified else None)
    return data.take(first), data.take(second)
