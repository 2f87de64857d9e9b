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
    # numbers of rows, in as little memory as they take: there may be many more of them than stay in memory themselves
    shuffled = np.arange(count, dtype=np.int32 if count < 2**31 else np.int64)
    np.random.default_rng(seed).shuffle(shuffled)
    wanted = min(max(round(count * fraction), 1), count - 1)
    held_out = np.zeros(count, bool)
    held_out[shuffled[:wanted] if labels is None else _evenly(shuffled, labels, wanted)] = True
    return np.flatnonzero(~held_out).astype(shuffled.dtype), np.flatnonzero(held_out).astype(shuffled.dtype)


def _evenly(shuffled: np.ndarray, labels: np.ndarray, wanted: int) -> np.ndarray:
    """So many of the shuffled rows, of each class in its proportion and the first of it."""
    mixed = labels[shuffled]
    place = np.empty(len(mixed))
    for label in np.unique(labels):
        members = np.flatnonzero(mixed == label)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    last = np.partition(place, wanted - 1)[wanted - 1]
    taken = place < last
    taken[np.flatnonzero(place == last)[: wanted - int(taken.sum())]] = True
    return shuffled[taken]


def split(data: Dataset, fraction: float = 0.2, seed: int = 0, stratified: bool = False) -> tuple[Dataset, Dataset]:
    """The data to learn from and the data held out."""
    labels = next((target.values.ravel() for target in data.targets.values() if target.classes), None)
    if stratified and labels is None:
        raise GraphcError(f"{data.name} has no classes to keep in proportion")
    first, second = split_rows(data.rows, fraction, seed, labels if stratified else None)
    return data.take(first), data.take(second)
