"""What a network is fed with: its inputs by name, in mini-batches, with as little copying as can be.

In order, a batch is a view of the data. Shuffled, or out of a file, many batches at once are gathered into one buffer,
used again and again, and a batch is a view of that; so memory is flat however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...language.errors import GraphcError
from .mapped import PIECE, is_mapped, release
from .splitting import split_rows

# What is gathered at once: so much that gathering costs a batch little, and so little that it stays in the cache.
BLOCK = 512 * 1024
# What is encoded once and kept, rather than afresh for each batch.
KEPT = 512 * 1024 * 1024


@dataclass(frozen=True)
class Column:
    """How one input takes its rows: the `source` as stored, the `shape` of a row and the `dtype` that are wanted.

    With `one_hot`, whole numbers become rows of zeros with a one, so many wide. Numbers are multiplied by `scale`, and
    `shift` is added.
    """

    source: np.ndarray
    shape: tuple[int, ...]
    dtype: np.dtype
    one_hot: int = 0
    scale: float | np.ndarray = 1.0
    shift: float | np.ndarray = 0.0

    @property
    def bytes(self) -> int:
        """Of one row as it is wanted."""
        return max(1, int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize)

    @property
    def direct(self) -> bool:
        """Whether rows are wanted just as they are stored."""
        as_it_is = not self.one_hot and not self.moved and self.source.dtype == self.dtype
        return as_it_is and self.source.shape[1:] == self.shape

    @property
    def moved(self) -> bool:
        """Whether its numbers are scaled or shifted."""
        return np.ndim(self.scale) > 0 or self.scale != 1.0 or np.ndim(self.shift) > 0 or self.shift != 0.0

    def fill(self, rows: slice | np.ndarray, out: np.ndarray) -> None:
        """Write some rows into `out`."""
        if self.direct and isinstance(rows, np.ndarray):
            np.take(self.source, rows, axis=0, out=out, mode="clip")
            return
        values = self.source[rows]
        if self.one_hot:
            spread = out.reshape(-1, self.one_hot)
            spread.fill(0)
            spread[np.arange(len(spread)), values.ravel().astype(np.intp)] = 1
            return
        np.copyto(out, values.reshape(len(out), *self.shape), casting="unsafe")
        if self.moved:
            np.multiply(out, self.scale, out=out, casting="same_kind")
            np.add(out, self.shift, out=out, casting="same_kind")

    def settled(self) -> Column:
        """The same column ready in memory, where it is not in a file and not too large; no copy if it is ready."""
        rows = len(self.source)
        if self.direct or is_mapped(self.source) or rows * self.bytes > KEPT:
            return self
        if not self.one_hot and not self.moved and self.source.dtype == self.dtype:
            return replace(self, source=self.source.reshape(rows, *self.shape))
        out = np.empty((rows, *self.shape), self.dtype)
        self.fill(slice(None), out)
        return Column(out, self.shape, self.dtype)


@dataclass(frozen=True)
class Feed:
    """The examples for one network. `targets` are those of its inputs that are to be learnt, `sizes` its free sizes.

    `classes` name the classes of a target. `rows` are the rows that belong to it, all of them if None.
    """

    columns: Mapping[str, Column]
    targets: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rows: np.ndarray | None = None
    held_out: Feed | None = None

    def __len__(self) -> int:
        return len(self.rows) if self.rows is not None else len(next(iter(self.columns.values())).source)

    def batches(self, size: int, seed: int | None = None, epoch: int = 0) -> Iterator[dict[str, np.ndarray]]:
        """The arrays of each mini-batch by name, the last one with the rows that are left.

        With a seed they are shuffled, in each epoch differently. A batch holds until the next one is asked for.
        """
        if size < 1:
            raise GraphcError(f"a batch has at least one example, not {size}")
        order = self._order(seed, epoch)
        yield from _cut(self.columns, len(self), order, size)

    def arrays(self) -> dict[str, np.ndarray]:
        """All rows at once."""
        return next(_cut(self.columns, len(self), self.rows, len(self)))

    def take(self, rows: slice | np.ndarray) -> Feed:
        """Some of the rows; nothing is copied."""
        if isinstance(rows, slice) and self.rows is None:
            columns = {name: replace(column, source=column.source[rows]) for name, column in self.columns.items()}
            return replace(self, columns=columns, held_out=None)
        before = np.arange(len(self)) if self.rows is None else self.rows
        return replace(self, rows=before[rows], held_out=None)

    def split(self, fraction: float, seed: int = 0, stratified: bool = False) -> tuple[Feed, Feed]:
        """Two parts, the second with about this fraction of the rows; stratified, of each class."""
        first, second = split_rows(len(self), fraction, seed, self.labels() if stratified else None)
        return self.take(first), self.take(second)

    def labels(self) -> np.ndarray | None:
        """The class of each row, where the first target has classes."""
        for name in self.targets:
            if self.classes.get(name):
                values = replace(self, columns={name: self.columns[name]}).arrays()[name].reshape(len(self), -1)
                return values.argmax(axis=1) if values.shape[1] > 1 else values[:, 0].astype(np.int64)
        return None

    def _order(self, seed: int | None, epoch: int) -> np.ndarray | None:
        if seed is None:
            return self.rows
        shuffled = np.random.default_rng([seed, epoch]).permutation(len(self))
        return shuffled if self.rows is None else self.rows[shuffled]


def _cut(
    columns: Mapping[str, Column], count: int, order: np.ndarray | None, size: int
) -> Iterator[dict[str, np.ndarray]]:
    """Blocks of whole batches, and the batches cut from them."""
    views = [name for name, column in columns.items() if column.direct and order is None]
    gathered = [name for name in columns if name not in views]
    each = sum(columns[name].bytes for name in gathered)
    block = max(size, BLOCK // each // size * size) if each else max(size, count)
    block = min(block, count)
    buffers = {name: np.empty((block, *columns[name].shape), columns[name].dtype) for name in gathered}
    read = 0
    for first in range(0, count, block):
        last = min(first + block, count)
        rows = slice(first, last) if order is None else order[first:last]
        for name in gathered:
            columns[name].fill(rows, buffers[name][: last - first])
        filled = [(name, columns[name].source[first:last] if name in views else buffers[name]) for name in columns]
        for start in range(0, last - first, size):
            stop = min(start + size, last - first)
            yield {name: array[start:stop] for name, array in filled}
            read += stop - start
            if read * sum(column.bytes for column in columns.values()) > PIECE:
                read = 0
                for column in columns.values():
                    release(column.source)
