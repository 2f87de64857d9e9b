"""Arrays that stay in their file: read piece by piece, the pages given back, so that memory stays flat."""

from __future__ import annotations

import mmap
from collections.abc import Iterator

import numpy as np

PIECE = 8 * 1024 * 1024


def is_mapped(array: np.ndarray) -> bool:
    """Whether the numbers are in a file, whatever views lie between."""
    return _file(array) is not None


def _file(array: np.ndarray) -> tuple[mmap.mmap, str] | None:
    """The mapping that an array is a view of, and its mode."""
    found: object = array
    while isinstance(found, np.ndarray):
        if isinstance(found, np.memmap) and isinstance(found.base, mmap.mmap):
            return found.base, found.mode
        found = found.base
    return None


def row_bytes(array: np.ndarray) -> int:
    return max(1, int(np.prod(array.shape[1:], dtype=np.int64)) * array.itemsize)


def chunks(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Some rows after the other, each with the number of its first."""
    step = max(1, PIECE // row_bytes(array))
    for start in range(0, len(array), step):
        yield start, array[start : start + step]
        release(array)


def release(array: np.ndarray) -> None:
    """Let the system have back the pages that were read; they are still in the file, and are read again if need be."""
    file = _file(array)
    # in the mode "c" a page may hold what was written to it and stands nowhere else
    if file is not None and file[1] != "c" and hasattr(mmap, "MADV_DONTNEED"):
        file[0].madvise(mmap.MADV_DONTNEED)
