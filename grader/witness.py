"""The smallest counterexample to an answer that no mistake explains: tiny whole numbers, and what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .inputs import small

if TYPE_CHECKING:
    from .fitting import Question
    from .inputs import Case

MOST = 24  # numbers in an array that is shown


def witness(question: Question) -> str:
    """A sentence with inputs, the wanted shape, and the student's value; the right one if the exercise says so."""
    found = _smallest(question)
    if found is None:
        return ""
    case, value = found
    right = case.expected[question.name]
    given = ", ".join(f"{name} = {_shown(case.arguments[name])}" for name in case.order)
    wanted = f"an array of shape {right.shape}" if right.ndim else "a number"
    said = f" With {given} the answer should be {wanted}, and it is {_shown(value)}"
    if question.reference.check.reveal:
        said += f" instead of {_shown(right)}"
    return said + "."


def _smallest(question: Question) -> tuple[Case, Any] | None:
    """A case made for this, where the student can be asked again; else the smallest of those that were tried."""
    if question.call is not None:
        for case in small(question.reference):
            value = (question.call(case.arrays()) or {}).get(question.name)
            if value is not None and not question.reference.compare(case, question.name, value).equal:
                return case, value
    wrong = [answer for answer in question.answers if not question.right(answer)]
    if not wrong:
        return None
    answer = min(wrong, key=lambda answer: sum(array.size for array in answer.case.arguments.values()))
    return answer.case, answer.value


def _shown(value: Any) -> str:
    array = np.asarray(value)
    if array.size > MOST:
        return f"an array of shape {array.shape}"
    return np.array2string(array, precision=4, separator=", ", suppress_small=True, max_line_width=10_000).replace(
        "\n", ""
    )
