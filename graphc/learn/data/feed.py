"""What a network is fed with: its inputs by name, their rows in mini-batches and in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...language.errors import GraphcError
from .batches import Batches
from .column import Column, Rows
from .names import Names
from .splitting import split_rows


@dataclass(frozen=True)
class Feed:
    """The examples for one network. `targets` are those of its inputs that are to be learnt, `sizes` its free sizes.

    `classes` name the classes of a target, `names` are what the data call their columns. `rows` are the
    rows that belong to it, all of them if None.
    """

    columns: Mapping[str, Column]
    targets: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: np.ndarray | None = None
    held_out: Feed | None = None
    names: Names = field(default_factory=Names)

    def __len__(self) -> int:
        return len(self.rows) if self.rows is not None else len(next(iter(self.columns.values())).source)

    def batches(self, size: int, seed: int | None = None, epoch: int = 0) -> Iterator[dict[str, np.ndarray]]:
        """The arrays of each mini-batch by name, the last one with the rows that are left.

        With a seed they are shuffled, in each epoch differently. A batch holds until the next one is asked for.
        """
        yield from self.in_batches(size)(seed, epoch)

    def in_batches(self, size: int) -> Batches:
        """What gives the batches of epoch after epoch, out of the same memory."""
        if size < 1:
            raise GraphcError(f"a batch has at least one example, not {size}")
        return Batches(self.columns, self.rows, len(self), size)

    def arrays(self) -> dict[str, np.ndarray]:
        """All rows at once."""
        return next(self.batches(len(self)))

    def take(self, rows: Rows) -> Feed:
        """Some of the rows; nothing is copied."""
        if self.rows is not None:
            return replace(self, rows=self.rows[rows], held_out=None)
        if isinstance(rows, np.ndarray):
            return replace(self, rows=rows, held_out=None)
        columns = {name: replace(column, source=column.source[rows]) for name, column in self.columns.items()}
        return replace(self, columns=columns, held_out=None)

    def split(self, fraction: float, seed: int = 0, stratified: bool = False) -> tuple[Feed, Feed]:
        """Two parts, the second with about this fraction of the rows; stratified, of each class."""
        labels = self.labels() if stratified else None
        if stratified and labels is None:
            raise GraphcError("there are no classes to keep in proportion")
        first, second = split_rows(len(self), fraction, seed, labels)
        return self.take(first), self.take(second)

    def labels(self) -> np.ndarray | None:
        """The class of each row, where a target has one class a row."""
        for name in self.targets:
            column, classes = self.columns[name], self.classes.get(name, ())
            elements = int(np.prod(column.shape))
            if classes and elements in (1, len(classes)):
                as_numbers = replace(column, shape=(), one_hot=0) if column.one_hot else column
                values = replace(self, columns={name: as_numbers}).arrays()[name].reshape(len(self), -1)
                return values.argmax(axis=1) if values.shape[1] > 1 else values[:, 0].astype(np.int32)
        return None
