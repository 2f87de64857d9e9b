"""Answers that are right but for a factor of some of their numbers: of each row one of its own, or of some the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .fitting import Answer, Question


def by_row(question: Question) -> str | None:
    """The code where each row has a factor of its own: rows that together add up to what one should, or any other."""
    answers = [answer for answer in question.ordinary if not question.right(answer)]
    several = [answer for answer in answers if answer.value.ndim > 1 and len(answer.value) > 1]
    name = question.name
    if len(several) < 2 or not all(_rows(answer, name) for answer in answers):
        return None
    together = all(_near(answer.value.sum(), answer.case.expected[name][:1].sum(), answer, name) for answer in several)
    return "wrong-axis" if together else "dropped-factor"


def _rows(answer: Answer, name: str) -> bool:
    value, right = answer.value, answer.case.expected[name]
    if value.shape != right.shape or not right.ndim or not right.any(axis=-1).all():
        return False
    factors = (value * right).sum(axis=-1, keepdims=True) / (right * right).sum(axis=-1, keepdims=True)
    slack = answer.slack(right, name) * np.maximum(1.0, np.abs(factors))
    return bool((np.abs(value - factors * right) <= slack).all()) and right.shape[-1] > 1


def _near(value: float, right: float, answer: Answer, name: str) -> bool:
    return bool(abs(value - right) <= answer.value.size * answer.slack(answer.case.expected[name], name).max())


def partly(question: Question) -> str | None:
    """The code where some numbers are right, and all others have the same factor, in every case."""
    factor: float | None = None
    some_right, cases = False, 0
    for answer in question.ordinary:
        right = answer.case.expected[question.name]
        if answer.value.shape != right.shape or not right.ndim:
            return None
        slack = answer.slack(right, question.name)
        apart = np.abs(answer.value - right) > slack
        some_right |= not apart.all()
        if not apart.any():
            continue
        cases += 1
        if factor is None:
            largest = np.unravel_index(np.argmax(np.where(apart, np.abs(right), -1.0)), right.shape)
            factor = float(answer.value[largest] / right[largest]) if right[largest] else 0.0
        if factor == 0 or (np.abs(answer.value - factor * right)[apart] > 2 * slack[apart]).any():
            return None
    if factor is None or not some_right or cases < 2:
        return None
    return "sign" if abs(factor + 1) < 1e-9 else "constant-factor"
