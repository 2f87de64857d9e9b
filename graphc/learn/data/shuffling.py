"""The rows of an epoch in some order, block by block: any order of what is in memory, windows of runs out of a file.

Rows of a file read in any order would bring all of it into memory. So runs of rows are drawn in any order, and the rows
of as many runs as a window holds are mixed: each row comes once an epoch, beside rows from all over the file.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

RUN = 128 * 1024
WINDOW = 8 * 1024 * 1024
# So many epochs are drawn together, if these are no more rows than so many.
AHEAD, FEW = 8, 32 * 1024


def shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    """All rows, in the same order for the same seed and epoch."""
    return np.random.default_rng([seed, epoch]).permutation(count)


class Orders:
    """What `shuffled` gives, epoch after epoch.

    Where rows are few, starting a generator costs more than drawing them, and several at once cost less than each
    between other work: so those of some epochs to come are drawn too.
    """

    def __init__(self, count: int) -> None:
        self._count, self._drawn = count, dict[tuple[int, int], np.ndarray]()

    def __call__(self, seed: int, epoch: int) -> np.ndarray:
        if (seed, epoch) not in self._drawn:
            ahead = max(1, min(AHEAD, FEW // self._count))
            self._drawn = {(seed, e): shuffled(self._count, seed, e) for e in range(epoch, epoch + ahead)}
        return self._drawn[seed, epoch]


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
