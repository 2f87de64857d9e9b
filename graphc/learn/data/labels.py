"""Labels looked at row by row: are they numbers of classes, do they have the values that they may have?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...language.errors import GraphcError
from .mapped import chunks

MANY = 100_000
Explain = Callable[[np.ndarray], "str | None"]


def class_numbers(values: np.ndarray, classes: int | None, what: str) -> int:
    """The largest of some class numbers; each is whole, at least 0, and less than `classes`."""
    every_row(values, lambda v: v == np.floor(v), what, "is no number of a class, counted 0, 1, 2, …")
    every_row(values, lambda v: v >= 0, what, "is out of range: classes are counted from 0")
    top = max(int(piece.max(initial=0)) for _, piece in chunks(values))
    if classes is not None:

        def from_one(piece: np.ndarray) -> str | None:
            counted_from_one = values.min() >= 1 and top == classes
            return "these count from 1: subtract 1" if counted_from_one else None

        every_row(
            values, lambda v: v < classes, what, f"is out of range: {classes} classes are 0 to {classes - 1}", from_one
        )
    elif top > MANY:
        raise GraphcError(f"{what} would have {top + 1:,} classes: are these numbers, and no classes?")
    return top


def every_row(
    values: np.ndarray,
    right: Callable[[np.ndarray], np.ndarray],
    what: str,
    wrong: str,
    hint: Explain = lambda piece: None,
) -> None:
    """Refuse the first row where something is not right."""
    for start, piece in chunks(values):
        good = np.asarray(right(piece))
        if not good.all():
            place = np.argwhere(~good)[0]
            found = piece[tuple(place)]
            shown = f"{found:g}" if np.ndim(found) == 0 else np.array2string(found, threshold=8)
            raise GraphcError(f"{what}: {shown} in row {start + int(place[0]) + 1:,} {wrong}", hint(piece))


def counted(names: Sequence[str]) -> str:
    """The names of some classes, so many as a line holds."""
    return ", ".join(names[:6]) + ", …" * (len(names) > 6)
