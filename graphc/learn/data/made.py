"""How a made set comes about: its function is called once for the rows to learn from, once for those held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .dataset import Dataset, Target

if TYPE_CHECKING:
    from .catalogue import Entry

LEARNT, HELD_OUT = 0, 1


# One input, or several by name; and the targets.
Made = tuple[np.ndarray | Mapping[str, np.ndarray], Mapping[str, Target]]


def made(entry: Entry, maker: Callable[..., Made], seed: int, rows: int, **settings: Any) -> Dataset:
    """The set by its seed: the same seed gives the same bits, and the held-out part does not hang on `rows`."""

    def part(stream: int, count: int) -> Dataset:
        given, targets = maker(np.random.default_rng([seed, stream]), count, **settings)
        inputs = given if isinstance(given, Mapping) else {"x": given}
        picture = next((x.shape[-2:] for x in inputs.values() if x.ndim == 4), None)
        return Dataset(entry.name, inputs, targets, picture=picture)

    return replace(part(LEARNT, rows), held_out=part(HELD_OUT, entry.held_out))
