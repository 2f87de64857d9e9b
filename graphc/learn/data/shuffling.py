"""The rows of an epoch in some order, block by block: any order of what is in memory, windows of runs out of a file.

Rows of a file read in any order would bring all of it into memory. So runs of rows are drawn in any order, and the rows
of as many runs as a window holds are mixed: each row comes once an epoch, beside rows from all over the file.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

RUN = 128 * 1024
WINDOW = 8 * 1024 * 1024


def shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    """All rows, in the same order for the same seed and epoch."""
    return np.random.default_rng([seed, epoch]).permutation(count)


def windows(count: int, row: int, size: int, seed: int, epoch: int) -> Iterator[np.ndarray]:
    """The rows window by window, in whole batches of `size` save the last; a row has so many bytes."""
    random = np.random.default_rng([seed, epoch])
    run = max(1, RUN // row)
    drawn = random.permutation(-(-count // run))
    each = max(1, WINDOW // row // run)
    left = np.empty(0, np.intp)
    for start in range(0, len(drawn), each):
        rows = (drawn[start : start + each, None] * run + np.arange(run)).ravel()
        rows = rows[rows < count]
        random.shuffle(rows)
        left = np.concatenate([left, rows])
        whole = len(left) // size * size
        yield left[:whole]
        left = left[whole:]
    yield left


def longest(row: int, size: int) -> int:
    """The most rows that a window has."""
    run = max(1, RUN // row)
    return max(1, WINDOW // row // run) * run + size
