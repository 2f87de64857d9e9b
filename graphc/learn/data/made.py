"""How a made set comes about: its function is called once for the rows to learn from, once for those held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .dataset import Dataset, Target

if TYPE_CHECKING:
    from .catalogue import Entry

LEARNT, HELD_OUT = 0, 1


def made(
    entry: Entry, maker: Callable[..., tuple[np.ndarray, Mapping[str, Target]]], seed: int, rows: int, **settings: Any
) -> Dataset:
    """The set by its seed: the same seed gives the same bits, and the held-out part does not hang on `rows`."""

    def part(stream: int, count: int) -> tuple[np.ndarray, Mapping[str, Target]]:
        return maker(np.random.default_rng([seed, stream]), count, **settings)

    x, targets = part(LEARNT, rows)
    x_held_out, targets_held_out = part(HELD_OUT, entry.held_out)
    picture = x.shape[-2:] if x.ndim == 4 else None
    held_out = Dataset(entry.name, {"x": x_held_out}, targets_held_out, picture=picture)
    return Dataset(entry.name, {"x": x}, targets, picture=picture, held_out=held_out)
