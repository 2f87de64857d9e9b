"""The right numbers, and too few or too many of them: windows that begin, end or step in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .fitting import Answer, Question

STARTS, STEPS = range(4), (1, 2, 3)
SHIFTS = (-1, 0, 1)
MOST_AXES = 4
ENOUGH = 3  # different numbers that have to agree


def windowed(question: Question) -> bool:
    """Whether every ordinary answer is a piece of the right one, or the right one a piece of it, or it has moved."""
    answers = question.ordinary
    apart = [answer for answer in answers if not question.right(answer)]
    return bool(apart) and all(_windowed(answer, question.name) for answer in apart)


def _windowed(answer: Answer, name: str) -> bool:
    value, right = answer.value, answer.case.expected[name]
    if value.ndim != right.ndim or not 0 < right.ndim <= MOST_AXES:
        return False
    slack = float(answer.slack(right, name).max(initial=0.0))
    pairs = _moved(value, right) if value.shape == right.shape else _pieces(value, right)
    return any(_agree(one, other, slack) for one, other in pairs)


def _pieces(value: np.ndarray, right: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """A piece of the longer one beside the shorter, axis by axis."""
    differing = [axis for axis in range(right.ndim) if value.shape[axis] != right.shape[axis]]
    for step in STEPS:
        for starts in product(STARTS, repeat=len(differing)):
            of_value, of_right = [slice(None)] * right.ndim, [slice(None)] * right.ndim
            for axis, start in zip(differing, starts, strict=True):
                count = min(value.shape[axis], right.shape[axis])
                longer = of_value if value.shape[axis] > right.shape[axis] else of_right
                longer[axis] = slice(start, start + step * (count - 1) + 1, step)
            yield value[tuple(of_value)], right[tuple(of_right)]


def _moved(value: np.ndarray, right: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """What both have if one has moved by one place along some axes, or goes in other steps along them."""
    for shifts in product(SHIFTS, repeat=right.ndim):
        if any(shifts):
            yield (
                value[tuple(slice(max(shift, 0), min(shift, 0) or None) for shift in shifts)],
                right[tuple(slice(max(-shift, 0), min(-shift, 0) or None) for shift in shifts)],
            )
    for step in STEPS[1:]:
        for axes in product((False, True), repeat=right.ndim):
            if any(axes):
                wide = value[tuple(slice(None, None, step) if chosen else slice(None) for chosen in axes)]
                yield wide, right[tuple(slice(size) for size in wide.shape)]


def _agree(one: np.ndarray, other: np.ndarray, slack: float) -> bool:
    """Whether two pieces are alike, and enough of them to be no chance."""
    if one.shape != other.shape or not (np.abs(one - other) <= slack).all():
        return False
    return len(np.unique(np.round(other[other != 0], 12))) >= min(ENOUGH, other.size)
