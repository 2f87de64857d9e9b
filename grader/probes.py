"""What calls tell beyond right and wrong: what the answer does not depend on, where it fails, how close it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .fitting import Answer, Question

PROBED = 3  # calls that one probe may take
NEGLIGIBLE = 1e-6
NEAR_ENOUGH = 2e-3  # the relative error of what is still an approximation


def unchanging(question: Question) -> bool:
    """Whether the answer is the same for other inputs of the same sizes, though it should not be."""
    moved = 0
    for one, other in _pairs(question.answers):
        right, beside = (answer.case.expected[question.name] for answer in (one, other))
        if one.value.shape != other.value.shape or (right.shape == beside.shape and np.allclose(right, beside)):
            continue
        if not np.array_equal(one.value, other.value, equal_nan=True):
            return False
        moved += 1
    return moved > 0


def _pairs(answers: list[Answer]) -> list[tuple[Answer, Answer]]:
    return [
        (one, other)
        for place, one in enumerate(answers)
        for other in answers[place + 1 :]
        if one.case.sizes == other.case.sizes
    ]


def some_sizes_only(question: Question) -> bool:
    """Whether the answer is right for some sizes, in every case of them, and for others in none."""
    verdicts: dict[tuple[tuple[str, int], ...], set[bool]] = {}
    answered = {id(answer.case): answer for answer in question.answers}
    for case, _ in question.evidence:
        answer = answered.get(id(case))
        # a mean of one and a sum of one are the same: a batch of one says nothing
        if not case.hard and 1 not in case.sizes.values():
            key = tuple(sorted(case.sizes.items()))
            right = answer is not None and question.right(answer)
            if right or answer is None or _error(question, answer) > NEAR_ENOUGH:
                verdicts.setdefault(key, set()).add(right)
    return {True} in verdicts.values() and {False} in verdicts.values()


def deaf(question: Question) -> bool:
    """Whether another upstream gradient leaves the answer as it was."""
    upstream = question.reference.upstream
    if upstream is None or question.call is None or not question.ordinary:
        return False
    asked = [answer for answer in question.ordinary if answer.value.any()][:PROBED]
    for answer in asked:
        place = answer.case.order.index(upstream.name)
        arrays = answer.case.arrays()
        arrays[place] = 2.0 - 3.0 * arrays[place]
        heard = (question.call(arrays) or {}).get(question.name)
        if heard is None or not np.array_equal(np.asarray(heard), answer.value):
            return False
    return bool(asked)


def close(question: Question) -> bool:
    """Whether every ordinary answer is nearly right, and some are not right."""
    errors = [_error(question, answer) for answer in question.ordinary]
    return bool(errors) and max(errors) < NEAR_ENOUGH and not all(map(question.right, question.ordinary))


def nearly_right(question: Question) -> bool:
    """Whether the answers are so close that a mistake in the formula would show more."""
    return bool(question.ordinary) and max(_error(question, answer) for answer in question.ordinary) < NEGLIGIBLE


def _error(question: Question, answer: Answer) -> float:
    """The largest error beside the largest right number; infinite where the shape is wrong."""
    right = answer.case.expected[question.name]
    if right.shape != answer.value.shape:
        return np.inf
    size = float(np.abs(right).max(initial=0.0))
    error = float(np.abs(answer.value - right).max(initial=0.0))
    return error / size if size else float(error > 0)


def truncated(question: Question) -> bool:
    """Whether the answers are whole numbers because their type has no others."""
    whole = [answer for answer in question.answers if answer.value.dtype.kind in "iub"]
    return bool(whole) and len(whole) == len(question.answers)
