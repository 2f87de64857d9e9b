"""Whether a value that a mistake would lead to is what the student's function answered, in every ordinary case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .inputs import Case
    from .references import Call, Reference

Candidate = Callable[["Case"], "np.ndarray | None"]
LOOSE = 8.0  # a mutant is as far from the student's way of computing as the reference is, and not better conditioned
ROUND = {True: 1e-5, False: 1e-13}  # beside the largest element: single, double
APART = 4.0  # how many tolerances a mutant has to be away from the reference to be told from it


@dataclass(frozen=True)
class Answer:
    """What came back in one case."""

    case: Case
    value: np.ndarray

    @property
    def single(self) -> bool:
        return self.value.dtype.kind == "f" and self.value.dtype.itemsize < 8

    def nearness(self, made: np.ndarray, right: np.ndarray) -> float:
        """A mistake with a small effect has to be met as closely: an epsilon that is elsewhere is not one left out."""
        effect = float(np.abs(made - right).max(initial=0.0))
        rounding = 2.0**-23 if self.single else 2.0**-52
        return effect / 100 + 64 * rounding * float(np.abs(made).max(initial=0.0)) if effect else np.inf

    def slack(self, right: np.ndarray, name: str) -> np.ndarray:
        margin = self.case.margins[name]
        own = margin.single if self.single else margin.double
        near = ROUND[self.single] * float(np.abs(right).max(initial=0.0)) + 1e-14
        return (
            LOOSE * own + near
            if own.shape == right.shape
            else LOOSE * own.max(initial=0.0) + near + np.zeros(right.shape)
        )


@dataclass(frozen=True, eq=False)
class Question:
    """One name that was answered wrongly: every case with its answer."""

    reference: Reference
    name: str
    evidence: Sequence[tuple[Case, Any]]
    call: Call | None

    @cached_property
    def answers(self) -> list[Answer]:
        """The numeric answers, ordinary cases or not."""
        given = [(case, values.get(self.name)) for case, values in self.evidence]
        arrays = [(case, np.asarray(value)) for case, value in given if value is not None]
        return [Answer(case, array) for case, array in arrays if array.dtype.kind in "fiub"]

    @cached_property
    def ordinary(self) -> list[Answer]:
        """Answers where nothing overflows and no kink is met: what a mutant has to explain, all of it."""
        return [
            answer
            for answer in self.answers
            if not answer.case.large and not self.kinked(answer.case) and np.isfinite(answer.value).all()
        ]

    def kinked(self, case: Case) -> bool:
        return bool(case.margins[self.name].choices) or case.zeros

    def right(self, answer: Answer) -> bool:
        return self.reference.compare(answer.case, self.name, answer.value).equal

    def fits(self, candidate: Candidate) -> bool:
        """Whether a mistake explains all ordinary answers, and is told from the right answer by one of them."""
        told = False
        for answer in self.ordinary:
            made = candidate(answer.case)
            if made is None or np.shape(made) != answer.value.shape:
                return False
            slack, right = answer.slack(made, self.name), answer.case.expected[self.name]
            near = np.minimum(slack, answer.nearness(made, right)) if right.shape == made.shape else slack
            if not (np.abs(answer.value - made) <= near).all():  # a NaN fits nothing
                return False
            told = told or right.shape != made.shape or bool((np.abs(made - right) > APART * slack).any())
        return told
