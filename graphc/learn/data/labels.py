"""Labels looked at row by row: are they numbers of classes, do they have the values that they may have?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ...language.errors import GraphcError
from .mapped import chunks

MANY = 100_000
FEW = 100  # one row in so many
Explain = Callable[[np.ndarray], "str | None"]


def class_numbers(values: np.ndarray, classes: int | None, what: str, first_line: int = 0) -> int:
    """The largest of some class numbers; each is whole, at least 0, and less than `classes`."""
    check = partial(every_row, values, what, first_line)
    check(lambda v: v == np.floor(v), "is no number of a class, counted 0, 1, 2, …")
    check(lambda v: v >= 0, "is out of range: classes are counted from 0")
    top = max(int(piece.max(initial=0)) for _, piece in chunks(values))
    if classes is not None:

        def from_one(piece: np.ndarray) -> str | None:
            counted_from_one = values.min() >= 1 and top == classes
            return "these count from 1: subtract 1" if counted_from_one else None

        check(lambda v: v < classes, f"is out of range: {classes} classes are 0 to {classes - 1}", from_one)
    elif top > MANY:
        raise GraphcError(f"{what} would have {top + 1:,} classes: are these numbers, and no classes?")
    return top


def far_out(values: np.ndarray) -> tuple[int, int, int] | None:
    """A label that no other rows are near: its row, itself, and the largest of the others; None where there is none.

    Far is further from all others than these have classes, and few are one row in a hundred, or fewer.
    """
    counts = np.zeros(0, np.int64)
    for _, piece in chunks(values):
        found = np.bincount(piece.ravel().astype(np.int64))
        counts = np.pad(counts, (0, max(0, len(found) - len(counts))))
        counts[: len(found)] += found
    present = np.flatnonzero(counts)
    for place in range(1, len(present)):
        label, below = int(present[place]), int(present[place - 1])
        if label - below > place and counts[label:].sum() * FEW <= counts.sum():
            rows = (start + int(np.argmax(piece >= label)) for start, piece in chunks(values) if (piece >= label).any())
            row = next(rows)
            return row, int(values[row].item()), below
    return None


def every_row(
    values: np.ndarray,
    what: str,
    first_line: int,
    right: Callable[[np.ndarray], np.ndarray],
    wrong: str,
    hint: Explain = lambda piece: None,
) -> None:
    """Refuse the first row where something is not right; with a `first_line`, rows are lines of a file."""
    for start, piece in chunks(values):
        good = np.asarray(right(piece))
        if not good.all():
            place = np.argwhere(~good)[0]
            found = piece[tuple(place)]
            shown = f"{found:g}" if np.ndim(found) == 0 else np.array2string(found, threshold=8)
            row = start + int(place[0])
            line = f" (line {first_line + row:,})" if first_line else ""
            raise GraphcError(f"{what}: {shown} in row {row + 1:,}{line} {wrong}", hint(piece))


def counted(names: Sequence[str]) -> str:
    """The names of some classes, so many as a line holds."""
    return ", ".join(names[:6]) + ", …" * (len(names) > 6)
