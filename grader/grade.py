"""Grade submissions: each on its own, each the same whatever stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from .desk import Desk
from .exercise import Exercise
from .kinds import grader_of
from .result import Grading, Mark, status_of
from .session import Session
from .submission import Submission, find, read

if TYPE_CHECKING:
    from .sandbox import Layers, Workers


def grade(exercise: Exercise, paths: Sequence[Path | str], seed: int, workers: Workers, layers: Layers) -> Grading:
    """All submissions below the paths, one after the other. `layers` are those that hold the workers."""
    marks = [
        grade_one(exercise, read(id, found), workers, seed, tuple(layers))
        for id, found in find(paths, exercise.own_files)
    ]
    return Grading(exercise.id, exercise.title, seed, marks)


def grade_one(
    exercise: Exercise, submission: Submission, workers: Workers, seed: int, sandbox: tuple[str, ...] = ()
) -> Mark:
    """One submission. It depends on nothing but what is given here, and raises nothing for a bad one."""
    if submission.refused is not None:
        return Mark(submission.id, "refused", (), exercise.points, 0.0, sandbox, submission.refused)
    start = monotonic()
    with Session(workers, submission) as session:
        desk = Desk(exercise, submission, session, seed)
        for check in exercise.checks:
            desk.done[check.name] = grader_of(check.kind)(check, desk)
    checks = tuple(desk.done.values())
    return Mark(submission.id, status_of(checks), checks, exercise.points, monotonic() - start, sandbox)
