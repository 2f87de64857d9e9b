"""The part of the tour in which an answer is graded: a student's file with a slip, and what the student is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.result import Grading

    from ..present.terminal import Line

EXERCISE, SEED = "02-logistic/gradients", 0
HOMEWORK = """\
def gradients(x, t, w, b):
    y = 1/(1 + np.exp(-np.clip(x @ w + b, -500, 500)))
    return x.T @ (y - t), (y - t).sum()

delta = "y[i] - t[i]"
"""
SAID = (
    f"`graphc start {EXERCISE}` copies out an exercise: gradients of this neuron in NumPy, and one as a formula. No "
    "solution lies beside it, as every answer is compiled from the model. A student hands in:"
)
TOLD = "The file runs in a sandbox that holds it, NumPy and nothing else, and the student is told:"
FORMULA_TOLD = "Nothing on this machine isolates a program, so only the formula is graded, and the student is told:"


@dataclass(frozen=True)
class Graded:
    """What came of it; without a sandbox the formula alone is graded, and `hint` says how to get one."""

    grading: Grading
    hint: str

    def json(self) -> dict[str, Any]:
        return {"exercise": EXERCISE, "homework": HOMEWORK, **self.grading.json()["submissions"][0]}


def grade() -> Graded:
    """Grade the answer, in the sandbox if there is one."""
    from dataclasses import replace

    from grader.catalogue import find
    from grader.grade import grade_one
    from grader.result import Grading
    from grader.sandbox import NONE, Workers, probe
    from grader.submission import Submission

    exercise, layers = find(EXERCISE), probe()
    homework = Submission("homework", Path("homework.py"), f"import numpy as np\n\n{HOMEWORK}", name="homework.py")
    hint = "" if layers.isolates else layers.missing[0].remedy
    if hint:  # a formula is read and never run
        asked = tuple(check for check in exercise.checks if check.kind == "formula")
        exercise, layers = replace(exercise, checks=asked), NONE
    with Workers(layers) as workers:
        mark = grade_one(exercise, homework, workers, SEED, layers.names)
    return Graded(Grading(exercise.id, exercise.title, SEED, [mark]), hint)


def lines(graded: Graded) -> list[Line]:
    """What the student is told, in colour."""
    from grader.table import table

    from ..present.terminal import Piece

    styles = {"✓": "green", "✗": "red", "→": "bold"}
    told = table(graded.grading).splitlines()[2:]
    found: list[Line] = [[Piece(line, styles.get(line.lstrip()[:1], ""))] for line in told]
    if graded.hint:
        found += [[], [Piece(f"A sandbox for the rest: {graded.hint}", "dim")]]
    return found
