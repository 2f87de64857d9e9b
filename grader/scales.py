"""Answers that are a multiple of the right one: what the factor is says which mistake it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .fitting import Candidate, Question
    from .inputs import Case

CLOSE = 1e-3  # a factor as near to 1 as that is an inaccuracy


@dataclass(frozen=True)
class Scale:
    """What each case's right answer is multiplied by: a number, times extents to some power."""

    code: str
    number: float = 1.0
    over: tuple[str, ...] = ()  # sizes that are multiplied by
    under: tuple[str, ...] = ()  # and divided by
    shift: int = 0  # n/(n - 1) and the like

    def of(self, case: Case) -> float:
        factor = self.number
        for name in self.over:
            factor *= case.sizes[name] if name in case.sizes else int(name)
        for name in self.under:
            factor /= case.sizes[name] if name in case.sizes else int(name)
        if self.shift:
            count = _product([*self.over, *self.under], case)
            shifted = (count + self.shift) / count
            factor = self.number * (shifted if self.over else 1 / (shifted or 1.0))
        return factor


def scales(question: Question) -> Iterator[Scale]:
    """The factors that have a meaning: -1, numbers of elements, and those that are off by one."""
    yield Scale("sign", -1.0)
    yield from means(question)


def means(question: Question) -> Iterator[Scale]:
    """Numbers of elements that a mean divides by, or should not; each has a free size in it."""
    free = sizes(question)
    fixed = sorted(
        {str(e.value) for leaf in question.reference.leaves for e in leaf.extents if e.value and e.value > 1}
    )
    counts = [chosen for r in (1, 2, 3) for chosen in combinations([*free, *fixed], r) if set(chosen) & set(free)]
    for chosen in counts:
        yield Scale("missing-mean", over=chosen)
        yield Scale("extra-mean", under=chosen)
    for chosen in counts[: len(free)]:
        for shift in (-1, 1):
            yield Scale("off-by-one", over=chosen, shift=shift)
            yield Scale("off-by-one", under=chosen, shift=shift)
    for one in free:
        for other in [*free, *fixed]:
            if one != other:
                yield Scale("wrong-axis", over=(one,), under=(other,))
                yield Scale("wrong-axis", over=(other,), under=(one,))


def sizes(question: Question) -> list[str]:
    """The free sizes that differ from case to case."""
    names = list(question.ordinary[0].case.sizes) if question.ordinary else []
    return [name for name in names if len({answer.case.sizes[name] for answer in question.ordinary}) > 1]


def scaled(question: Question, scale: Scale) -> Candidate:
    return lambda case: np.asarray(scale.of(case) * case.expected[question.name])


def constant(question: Question) -> float | None:
    """The one number by which all ordinary answers are off, if there is one."""
    factors = []
    for answer in question.ordinary:
        right = answer.case.expected[question.name]
        if right.shape != answer.value.shape:
            return None
        weight = float(np.sum(right * right))
        if weight:
            factors.append(float(np.sum(right * answer.value)) / weight)
    if not factors or abs(factors[0]) < CLOSE or max(factors) - min(factors) > 1e-3 * abs(factors[0]):
        return None
    middle = float(np.median(factors))
    return middle if abs(middle - 1) > CLOSE else None


def _product(names: list[str], case: Case) -> int:
    return reduce(lambda total, name: total * (case.sizes[name] if name in case.sizes else int(name)), names, 1)
