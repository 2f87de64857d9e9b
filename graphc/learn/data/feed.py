"""What a network is fed with: its inputs by name, in mini-batches, with as little copying as can be.

In order, a batch is a view of the data. Shuffled, or out of a file, many batches at once are gathered into one buffer,
used again and again, and a batch is a view of that; so memory is flat however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...language.errors import GraphcError
from .mapped import PIECE, is_mapped, release, row_bytes
from .shuffling import longest, shuffled, windows
from .splitting import split_rows

# What is gathered at once: so much that gathering costs a batch little, and so little that it stays in the cache.
BLOCK = 512 * 1024
# What is encoded once and kept, rather than afresh for each batch.
KEPT = 512 * 1024 * 1024

Rows = slice | np.ndarray


@dataclass(frozen=True)
class Column:
    """How one input takes its rows: the `source` as stored, the `shape` of a row and the `dtype` that are wanted.

    With `one_hot`, whole numbers become rows of zeros with a one, so many wide. Numbers are multiplied by `scale`, and
    `shift` is added. `axes` are those of a row as it came, where it is read into fewer or other ones.
    """

    source: np.ndarray
    shape: tuple[int, ...]
    dtype: np.dtype
    one_hot: int = 0
    scale: float | np.ndarray = 1.0
    shift: float | np.ndarray = 0.0
    axes: tuple[int, ...] = ()

    @property
    def picture(self) -> tuple[int, ...]:
        """The shape of a row as what it shows has it: an image that a dense layer takes as a row is one still."""
        return self.shape if len(self.shape) > 1 or len(self.axes) < 2 else self.axes

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

    def fill(self, rows: Rows, out: np.ndarray) -> None:
        """Write some rows into `out`; out of a file they are read in its order, some pages at a time."""
        if isinstance(rows, slice) or not is_mapped(self.source):
            self._fill(rows, out)
            return
        order = np.argsort(rows)
        few = max(1, PIECE // 4 // row_bytes(self.source))
        for start in range(0, len(rows), few):
            places = order[start : start + few]
            part = np.empty((len(places), *self.shape), self.dtype)
            self._fill(rows[places], part)
            out[places] = part
            release(self.source)

    def _fill(self, rows: Rows, out: np.ndarray) -> None:
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
        if is_mapped(self.source) or rows * self.bytes > KEPT:
            return self
        if not self.one_hot and not self.moved and self.source.dtype == self.dtype:
            return replace(self, source=np.ascontiguousarray(self.source).reshape(rows, *self.shape))
        out = np.empty((rows, *self.shape), self.dtype)
        self.fill(slice(None), out)
        return Column(out, self.shape, self.dtype, axes=self.axes)


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
        yield from _cut(self.columns, *self._blocks(size, seed, epoch), size)

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
                return values.argmax(axis=1) if values.shape[1] > 1 else values[:, 0].astype(np.int64)
        return None

    def _blocks(self, size: int, seed: int | None, epoch: int) -> tuple[Iterator[Rows], int]:
        """The rows in whole batches, as many at once as are gathered together, and the most that this is."""
        count, columns = len(self), self.columns.values()
        row = sum(row_bytes(column.source) for column in columns if is_mapped(column.source))
        if row and seed is not None:
            found = windows(count, row, size, seed, epoch)
            return (block if self.rows is None else self.rows[block] for block in found), min(count, longest(row, size))
        order = self.rows
        if seed is not None:
            order = shuffled(count, seed, epoch) if order is None else order[shuffled(count, seed, epoch)]
        each = sum(column.bytes for column in columns if row or order is not None or not column.direct)
        block = min(count, max(size, BLOCK // each // size * size) if each else count)
        parts = [slice(first, min(first + block, count)) for first in range(0, count, block)]
        return (part if order is None else order[part] for part in parts), block


def _cut(
    columns: Mapping[str, Column], blocks: Iterator[Rows], most: int, size: int
) -> Iterator[dict[str, np.ndarray]]:
    """Each block as views of the data where it can be, else gathered into a buffer; and the batches cut from it."""
    mapped = [column.source for column in columns.values() if is_mapped(column.source)]
    buffers: dict[str, np.ndarray] = {}
    read = 0
    for rows in blocks:
        count = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
        filled: list[tuple[str, np.ndarray]] = []
        for name, column in columns.items():
            if isinstance(rows, slice) and column.direct:
                filled.append((name, column.source[rows]))
                continue
            if name not in buffers:
                buffers[name] = np.empty((most, *column.shape), column.dtype)
            column.fill(rows, buffers[name][:count])
            filled.append((name, buffers[name]))
        for start in range(0, count, size):
            stop = min(start + size, count)
            yield {name: array[start:stop] for name, array in filled}
        read += count * sum(map(row_bytes, mapped))
        if read > PIECE:
            read = 0
            for source in mapped:
                release(source)
