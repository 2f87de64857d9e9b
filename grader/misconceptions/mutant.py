"""One mistake as something that can be computed: its code, its place, and what would then come out of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import graphc as gc

if TYPE_CHECKING:
    from ..inputs import Case


@dataclass(frozen=True, eq=False)
class Mutant:
    """`compute` gives the value that the mistake leads to, or None where it leads to none."""

    code: str
    where: str
    said: str  # what is wrong, for those who write exercises
    compute: Callable[[Case], np.ndarray | None]

    def value(self, case: Case) -> np.ndarray | None:
        """What comes out of a case; computed once."""
        if self not in case.cache:
            try:
                with np.errstate(all="ignore"):
                    found = self.compute(case)
            except (gc.GraphcError, ValueError, IndexError, KeyError):  # shapes that do not fit, or a tensor not given
                found = None
            case.cache[self] = found
        return case.cache[self]
