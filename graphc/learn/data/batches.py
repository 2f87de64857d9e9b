"""Mini-batches, epoch after epoch, with as little copying as can be.

In order, a batch is a view of the data. Shuffled, or out of a file, many batches at once are gathered into one buffer,
used again and again, and a batch is a view of that; so memory is flat however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from .column import Column, Rows
from .mapped import PIECE, is_mapped, release, row_bytes
from .shuffling import Orders, longest, windows

# What is gathered at once: so much that gathering costs a batch little, and so little that it stays in the cache.
BLOCK = 512 * 1024
# Batches that are kept as views of a buffer, rather than cut afresh in every epoch.
CUTS = 4096

Batch = dict[str, np.ndarray]


def cut(arrays: Batch, count: int, size: int) -> Iterator[Batch]:
    """Mini-batches as views."""
    for start in range(0, count, size):
        stop = min(start + size, count)
        yield {name: array[start:stop] for name, array in arrays.items()}


class Batches:
    """The arrays of each mini-batch by name; the last one has the rows that are left.

    A batch holds until the next one is asked for, of whatever epoch. `rows` are those that are taken, all if None.
    """

    def __init__(self, columns: Mapping[str, Column], rows: np.ndarray | None, count: int, size: int) -> None:
        self._columns, self._rows, self._count, self._size = columns, rows, count, size
        self._mapped = [column.source for column in columns.values() if is_mapped(column.source)]
        self._row = sum(map(row_bytes, self._mapped))
        self._orders = Orders(count)
        self._buffers: dict[str, np.ndarray] = {}
        self._cuts: dict[int, list[Batch]] = {}  # of the buffers, by how many rows are in them

    def __call__(self, seed: int | None = None, epoch: int = 0) -> Iterator[Batch]:
        """Those of an epoch, in order, or shuffled by a seed, in each epoch differently."""
        size, read = self._size, 0
        blocks, most = self._blocks(seed, epoch)
        for rows in blocks:
            count = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
            if isinstance(rows, slice):
                yield from cut({name: self._filled(name, rows, count, most) for name in self._columns}, count, size)
            else:
                yield from self._gathered(rows, count, most)
            read += count * self._row
            if read > PIECE:
                read = 0
                for source in self._mapped:
                    release(source)

    def _gathered(self, rows: np.ndarray, count: int, most: int) -> Iterable[Batch]:
        """Batches out of the buffers, which stay where they are: so, if not too many, the cuts are made once."""
        filled = {name: self._filled(name, rows, count, most) for name in self._columns}
        if self._mapped or count > CUTS * self._size:
            return cut(filled, count, self._size)
        if count not in self._cuts:
            self._cuts[count] = list(cut(filled, count, self._size))
        return self._cuts[count]

    def _filled(self, name: str, rows: Rows, count: int, most: int) -> np.ndarray:
        """Some rows of an input: a view of the data where it can be, else in its buffer."""
        column = self._columns[name]
        if isinstance(rows, slice) and column.direct:
            return column.source[rows]
        if len(self._buffers.get(name, ())) < most:
            self._buffers[name] = np.empty((most, *column.shape), column.dtype)
            self._cuts.clear()
        found = self._buffers[name][:count]
        column.fill(rows, found)
        return found

    def _blocks(self, seed: int | None, epoch: int) -> tuple[Iterator[Rows], int]:
        """The rows in whole batches, as many at once as are gathered together, and the most that this is."""
        count, size, row, own = self._count, self._size, self._row, self._rows
        if row and seed is not None:
            found = windows(count, row, size, seed, epoch)
            return (block if own is None else own[block] for block in found), min(count, longest(row, size))
        order = own
        if seed is not None:
            order = self._orders(seed, epoch) if own is None else own[self._orders(seed, epoch)]
        columns = self._columns.values()
        each = sum(column.bytes for column in columns if row or order is not None or not column.direct)
        block = min(count, max(size, BLOCK // each // size * size) if each else count)
        parts = [slice(first, min(first + block, count)) for first in range(0, count, block)]
        return (part if order is None else order[part] for part in parts), block
