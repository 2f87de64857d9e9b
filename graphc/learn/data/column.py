"""How one input of a network takes its rows: of which array, in which shape and type, and what is done to numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .mapped import PIECE, is_mapped, release, row_bytes

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

    @cached_property
    def picture(self) -> tuple[int, ...]:
        """The shape of a row as what it shows has it: an image that a dense layer takes as a row is one still."""
        return self.shape if len(self.shape) > 1 or len(self.axes) < 2 else self.axes

    @cached_property
    def bytes(self) -> int:
        """Of one row as it is wanted."""
        return max(1, int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize)

    @cached_property
    def direct(self) -> bool:
        """Whether rows are wanted just as they are stored."""
        as_it_is = not self.one_hot and not self.moved and self.source.dtype == self.dtype
        return as_it_is and self.source.shape[1:] == self.shape

    @cached_property
    def moved(self) -> bool:
        """Whether its numbers are scaled or shifted."""
        return np.ndim(self.scale) > 0 or self.scale != 1.0 or np.ndim(self.shift) > 0 or self.shift != 0.0

    def fill(self, rows: Rows, out: np.ndarray) -> None:
        """Write some rows into `out`; out of a file they are read in its order, some pages at a time."""
        if isinstance(rows, slice) or not is_mapped(self.source):
            self._fill(rows, out)
            return
        order = np.argsort(rows)
        few = max(1, PIECE // 16 // row_bytes(self.source))
        for start in range(0, len(rows), few):
            places = order[start : start + few]
            part = np.empty((len(places), *self.shape), self.dtype)
            self._fill(rows[places], part)
            out[places] = part
            release(self.source)

    def _fill(self, rows: Rows, out: np.ndarray) -> None:
        # of columns of a table `take` would copy all rows first
        if self.direct and isinstance(rows, np.ndarray) and self.source.flags.c_contiguous:
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
