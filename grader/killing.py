"""How many of the mistakes the inputs of a check tell from the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .inputs import Case
    from .misconceptions import Mutant
    from .references import Reference

MARGIN = 10.0  # how many tolerances a mutant has to be off to count as told apart


@dataclass(frozen=True)
class Kills:
    """`survivors` differ from the reference somewhere, and no case shows it clearly.

    What is the reference in other words is neither.
    """

    killed: int
    survivors: tuple[Mutant, ...]


def kills(reference: Reference, name: str, cases: list[Case]) -> Kills:
    """What becomes of each mutant of one value."""
    killed, survivors = 0, []
    for mutant in reference.mutants(name):
        plain = [case for case in cases if not case.large and not case.margins[name].choices]
        distances = [_distance(reference, case, name, mutant) for case in plain]
        known = [distance for distance in distances if distance is not None]
        if not known:
            continue
        if max(known) > MARGIN:
            killed += 1
        elif max(known) > 1:
            survivors.append(mutant)
    return Kills(killed, tuple(survivors))


def _distance(reference: Reference, case: Case, name: str, mutant: Mutant) -> float | None:
    """How many tolerances the mutant is off; None where it makes nothing of the case."""
    value = mutant.value(case)
    if value is None:
        return None
    if reference.compare(case, name, value).equal:
        return 0.0
    right = case.expected[name]
    if np.shape(value) != right.shape or not np.isfinite(value).all():
        return np.inf
    return float((np.abs(value - right) / case.margins[name].double).max(initial=0.0))
