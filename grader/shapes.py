"""Right numbers in the wrong places: lying down, added up too little or too much, with an axis too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .fitting import Candidate, Question
    from .inputs import Case

MOST_AXES = 5


def arrangements(question: Question) -> Iterator[tuple[str, str, Candidate]]:
    """Codes with what would come out, for the mistakes that leave the numbers and change their arrangement."""
    name = question.name
    rank = question.ordinary[0].case.expected[name].ndim
    for order in list(permutations(range(rank)))[1:] if rank <= MOST_AXES else ():
        yield "transpose", name, partial(_arranged, np.transpose, name, axes=order)
    for count in range(1, rank + 1):
        for axes in combinations(range(rank), count):
            yield "flipped-kernel", name, partial(_arranged, np.flip, name, axis=axes)
            yield "wrong-axis", name, partial(_arranged, np.sum, name, axis=axes)
            yield "wrong-axis", name, partial(_arranged, np.mean, name, axis=axes)
            yield "wrong-axis", name, partial(_arranged, np.sum, name, axis=axes, keepdims=True)
    for other in question.reference.returns:
        if other != name:
            yield "swapped", f"{name}, {other}", partial(_arranged, np.asarray, other)


def _arranged(change: Callable[..., np.ndarray], name: str, case: Case, **how: Any) -> np.ndarray:
    return change(case.expected[name], **how)


def not_added_up(question: Question) -> bool:
    """Whether the answer has axes too many, and adding up along them makes it right."""
    axes: set[tuple[int, ...]] | None = None
    for answer in question.ordinary:
        right, value = answer.case.expected[question.name], answer.value
        surplus = value.ndim - right.ndim
        if surplus <= 0:
            return False
        slack = answer.slack(right, question.name) * max(1, value.size)
        fitting = {
            chosen
            for chosen in combinations(range(value.ndim), surplus)
            if any(
                made.shape == right.shape and (np.abs(made - right) <= slack).all()
                for made in (value.sum(axis=chosen), value.mean(axis=chosen))
            )
        }
        axes = fitting if axes is None else axes & fitting
    return bool(axes) and not reshaped(question)


def reshaped(question: Question) -> bool:
    """Whether the numbers are right, in their order, in every ordinary case, and only the shape is not."""
    if all(answer.value.shape == answer.case.expected[question.name].shape for answer in question.ordinary):
        return False
    return all(
        _reshaped(
            answer.case, question.name, answer.value, answer.slack(answer.case.expected[question.name], question.name)
        )
        for answer in question.ordinary
    )


def _reshaped(case: Case, name: str, value: np.ndarray, slack: np.ndarray) -> bool:
    right = case.expected[name]
    if value.size == right.size:
        return bool((np.abs(value.reshape(right.shape) - right) <= slack).all())
    try:  # the same numbers again and again
        spread = np.broadcast_to(right, value.shape)
    except ValueError:
        return False
    return bool((np.abs(value - spread) <= slack.max(initial=0.0)).all())
