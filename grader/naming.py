"""Looking for the mistake that was made: a mark never depends on whether it is found, nor on how long that takes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import TypeVar

Found = TypeVar("Found")
Tried = TypeVar("Tried")


def looked_for(look: Callable[[], Found], otherwise: Found) -> Found:
    """What is found; `otherwise` where looking goes wrong."""
    try:
        with warnings.catch_warnings(action="ignore"):  # mistakes divide by 0 and overflow
            return look()
    except Exception:
        if os.environ.get("GRAPHC_TRACEBACK"):
            raise
        return otherwise


def for_at_most(seconds: float, tries: Iterable[Tried]) -> Iterator[tuple[Tried, float]]:
    """What is to be tried, one after the other as long as there is time, each with the seconds that are left."""
    end = monotonic() + seconds
    for one in tries:
        left = end - monotonic()
        if left <= 0:
            return
        yield one, left
