"""Two mistakes at once, tried when no single one explains an answer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations, islice
from typing import TYPE_CHECKING

import numpy as np

from .scales import Scale, means
from .tape import Change, Tape

if TYPE_CHECKING:
    from .fitting import Candidate, Question
    from .inputs import Case

MOST_TWICE = 400  # pairs of equations with the same mistake
MOST = 1500  # pairs of the backward pass that are tried


def pairs(question: Question) -> Iterator[tuple[tuple[str, str], tuple[str, str], Candidate]]:
    """Two codes with their places, and what the two together lead to."""
    shifts = [Scale("sign", -1.0), *means(question)]
    whole = question.name
    for scale in shifts[1:]:
        yield ("sign", whole), (scale.code, whole), partial(_scaled, lambda case: -case.expected[whole], scale)
    for mutant in question.reference.mutants(whole):
        for scale in shifts:
            if scale.code != mutant.code and {scale.code, mutant.code} != {"missing-mean", "extra-mean"}:
                yield (mutant.code, mutant.where), (scale.code, whole), partial(_scaled, mutant.value, scale)
    yield from _twice(question)
    tape = question.reference.misconceptions.tape(whole)
    if tape is not None:
        yield from _backward(tape, question.reference.misconceptions.changes[whole])


def _twice(question: Question) -> Iterator[tuple[tuple[str, str], tuple[str, str], Candidate]]:
    for mutant in islice(question.reference.misconceptions.twice(question.name), MOST_TWICE):
        yield (mutant.code, mutant.where), (mutant.code, mutant.where), mutant.value


def _backward(tape: Tape, changes: list[Change]) -> Iterator[tuple[tuple[str, str], tuple[str, str], Candidate]]:
    tried = 0
    for one, other in combinations(changes, 2):
        if (one.edge, one.node) == (other.edge, other.node):
            continue
        tried += 1
        if tried > MOST:
            return
        yield (one.code, one.where), (other.code, other.where), partial(_run, tape, (one, other))


def _run(tape: Tape, changes: tuple[Change, ...], case: Case) -> np.ndarray | None:
    with np.errstate(all="ignore"):
        return tape.run(case, changes)


def _scaled(value: Candidate, scale: Scale, case: Case) -> np.ndarray | None:
    made = value(case)
    return None if made is None else np.asarray(scale.of(case) * made)
