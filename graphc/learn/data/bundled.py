"""The sets that scikit-learn brings. A fifth of each class is held out, chosen by the seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...language.errors import GraphcError
from .dataset import Dataset, Target
from .resize import resized
from .splitting import split

HELD_OUT = 0.2


def iris(seed: int) -> Dataset:
    return _parted(_table("iris", "load_iris"), seed)


def breast_cancer(seed: int) -> Dataset:
    return _standardised(_parted(_table("breast-cancer", "load_breast_cancer"), seed))


def wine(seed: int) -> Dataset:
    return _standardised(_parted(_table("wine", "load_wine"), seed))


def digits(seed: int, size: int, first: int, classes: int) -> Dataset:
    """Images of one channel, from 0 to 1, drawn larger or smaller where another size is set; some digits or all."""
    if size < 1:
        raise GraphcError(f"`size` of `digits` is at least 1, not {size}")
    last = first + classes
    if first < 0 or classes < 1 or last > 10:
        raise GraphcError(f"`digits` has ten classes: there are no {classes} of them from {first} on")
    found = _loaded("digits", "load_digits")
    chosen = (found.target >= first) & (found.target < last)
    images = found.images[chosen, None] / 16
    if size != images.shape[-1]:
        images = resized(images, size, size)
    labels = Target((found.target[chosen] - first).astype(np.int64), tuple(map(str, range(first, last))))
    return _parted(Dataset("digits", {"x": images}, {"t": labels}, picture=(size, size)), seed)


def _table(name: str, loader: str) -> Dataset:
    found = _loaded(name, loader)
    labels = Target(found.target.astype(np.int64), tuple(map(str, found.target_names)))
    return Dataset(name, {"x": found.data}, {"t": labels}, tuple(found.feature_names))


def _loaded(name: str, loader: str) -> Any:
    try:
        from sklearn import datasets
    except ImportError:
        raise GraphcError(
            f"`{name}` comes with scikit-learn, which is not installed", "pip install 'graphc[data]'"
        ) from None
    return getattr(datasets, loader)()


def _parted(whole: Dataset, seed: int) -> Dataset:
    learnt, held_out = split(whole, HELD_OUT, seed, stratified=True)
    return replace(learnt, held_out=held_out)


def _standardised(data: Dataset) -> Dataset:
    """Measures of different units, each brought to mean 0 and deviation 1 over the rows to learn from."""
    assert data.held_out is not None
    x = data.inputs["x"]
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    held_out = replace(data.held_out, inputs={"x": (data.held_out.inputs["x"] - mean) / deviation})
    return replace(data, inputs={"x": (x - mean) / deviation}, held_out=held_out)
