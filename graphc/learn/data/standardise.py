"""Columns brought to mean 0 and deviation 1, as the rows to learn from have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .column import Column
from .feed import Feed
from .mapped import PIECE


@dataclass(frozen=True)
class Standard:
    """Mean and deviation of each element of an input. What is constant has deviation 1, so that it becomes 0."""

    means: Mapping[str, np.ndarray]
    deviations: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, feed: Feed) -> Standard:
        """That of the inputs that are no targets and no integers."""
        names = [n for n, column in feed.columns.items() if n not in feed.targets and column.dtype.kind == "f"]
        found = {name: moments(feed, name) for name in names}
        return cls({n: mean for n, (mean, _) in found.items()}, {n: deviation for n, (_, deviation) in found.items()})

    def apply(self, feed: Feed) -> Feed:
        """The same feed, its rows seen in this standard, and those held out too."""
        columns = {name: self._column(name, column) for name, column in feed.columns.items()}
        held_out = None if feed.held_out is None else self.apply(feed.held_out)
        return replace(feed, columns=columns, held_out=held_out)

    def _column(self, name: str, column: Column) -> Column:
        if name not in self.means:
            return column
        mean, deviation = self.means[name], self.deviations[name]
        return replace(column, scale=column.scale / deviation, shift=(column.shift - mean) / deviation).settled()


def moments(feed: Feed, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of one input over all rows, batch by batch, each batch merged into what came before."""
    column = feed.columns[name]
    count, mean, squares = 0, np.zeros(column.shape), np.zeros(column.shape)
    for batch in replace(feed, columns={name: column}).batches(max(1, PIECE // column.bytes)):
        values = batch[name].astype(np.float64)
        rows, middle = len(values), values.mean(axis=0)
        apart, together = middle - mean, count + rows
        mean = mean + apart * (rows / together)
        squares = squares + ((values - middle) ** 2).sum(axis=0) + apart**2 * (count * rows / together)
        count = together
    deviation = np.sqrt(squares / count)
    # what rounding leaves of a constant column is no spread
    constant = deviation <= 1e-7 * np.maximum(np.abs(mean), 1e-30)
    return mean, np.where(constant, 1.0, deviation)
