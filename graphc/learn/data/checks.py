"""What every array of data has to be: numbers, a row an example, and none of them missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...language.errors import GraphcError
from .mapped import chunks


def numeric(given: Any, what: str) -> np.ndarray:
    """An array of numbers with at least one axis; NumPy's own where it is one already."""
    given = unmasked(given, what)
    try:
        array = given if isinstance(given, np.ndarray) else np.asarray(given)
    except ValueError:
        raise GraphcError(f"{what} is no array: its rows differ in length") from None
    if array.dtype.kind not in "fiub":
        kind = "objects" if array.dtype.kind == "O" else f"type {array.dtype}"
        raise GraphcError(f"{what} is of {kind}, not of numbers", "give an array of floats or of integers")
    if not array.ndim:
        raise GraphcError(f"{what} is one number: rows of examples are needed")
    return array


def unmasked(given: Any, what: str) -> Any:
    """What has nothing masked in it, also in a list; a masked number is a gap as a NaN is."""
    place = _masked(given)
    if place is not None:
        raise _gap(what, "masked", np.array(place or (0,)))
    return given.data if isinstance(given, np.ma.MaskedArray) else given


def _masked(given: Any) -> tuple[int, ...] | None:
    """Where the first masked number is."""
    if isinstance(given, np.ma.MaskedArray):
        wrong = np.argwhere(np.atleast_1d(np.ma.getmaskarray(given)))
        if not len(wrong):
            return None
        return tuple(map(int, wrong[0])) if given.ndim else ()
    if isinstance(given, list | tuple):
        for row, part in enumerate(given):
            inner = _masked(part) if isinstance(part, list | tuple | np.ma.MaskedArray) else None
            if inner is not None:
                return (row, *inner)
    return None


def no_gaps(array: np.ndarray, what: str) -> None:
    """Refuse NaN and infinity, with the row and the place in it; a mapped file is looked through piece by piece."""
    if array.dtype.kind != "f":
        return
    for start, piece in chunks(array):
        # a sum is finite unless something in it is not, save where it overflows: only then is each number looked at
        with np.errstate(all="ignore"):
            if np.isfinite(piece.sum(dtype=np.float64)):
                continue
        wrong = np.argwhere(~np.isfinite(piece))
        if len(wrong):
            found = "NaN" if np.isnan(piece[tuple(wrong[0])]) else "infinite"
            raise _gap(what, found, wrong[0], start)


def _gap(what: str, found: str, at: np.ndarray, start: int = 0) -> GraphcError:
    row, *place = (int(part) for part in at)
    where = f", column {place[0] + 1}" if len(place) == 1 else f", at {place}" if place else ""
    return GraphcError(
        f"{what} is {found} in row {start + row + 1}{where}, counted from 1",
        "leave the row out, or put a number in its place, such as the mean of the others",
    )
