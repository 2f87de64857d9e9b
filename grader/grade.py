"""Grade submissions: each on its own, each the same whatever stands beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from .desk import Desk
from .exercise import Check, Exercise
from .kinds import grader_of
from .result import CheckResult, Grading, Mark, status_of
from .session import Session
from .submission import Submission, find, read

if TYPE_CHECKING:
    from .sandbox import Workers


def grade(exercise: Exercise, paths: Sequence[Path | str], seed: int, workers: Workers) -> Grading:
    """All submissions below the paths, one after the other."""
    marks = [
        grade_one(exercise, read(id, found), workers, seed, tuple(workers.layers))
        for id, found in find(paths, exercise.own_files)
    ]
    return Grading(exercise.id, exercise.title, seed, marks)


def grade_one(
    exercise: Exercise,
    submission: Submission,
    workers: Workers,
    seed: int,
    sandbox: tuple[str, ...] = (),
    known: Mapping[str, CheckResult] | None = None,
) -> Mark:
    """One submission. It depends on nothing but what is given here, and raises nothing for a bad one.

    `known` are the results that it had before, for checks that have not changed since.
    """
    if submission.refused is not None:
        return mark_with(exercise, submission, (), 0.0, sandbox)
    start = monotonic()
    with Session(workers, submission) as session:
        desk = Desk(exercise, submission, session, seed)
        for check in exercise.checks:
            if known is not None and check.name in known:
                desk.recall(check, known[check.name])
            else:
                desk.done[check.name] = _result(check, desk)
    return mark_with(exercise, submission, tuple(desk.done.values()), monotonic() - start, sandbox)


def mark_with(
    exercise: Exercise,
    submission: Submission,
    checks: tuple[CheckResult, ...],
    seconds: float,
    sandbox: tuple[str, ...],
) -> Mark:
    """The mark that these results come to."""
    if submission.refused is not None:
        return Mark(submission.id, "refused", (), exercise.points, seconds, sandbox, submission.refused)
    return Mark(submission.id, status_of(checks), checks, exercise.points, seconds, sandbox)


def _result(check: Check, desk: Desk) -> CheckResult:
    """What becomes of a check. A fault of the grader's own costs the student nothing, and ends nothing.

    A fault of the machine is no result at all: another time there may be one.
    """
    try:
        return grader_of(check.kind)(check, desk)
    except Exception as error:
        from .sandbox import SandboxError

        if isinstance(error, SandboxError) or os.environ.get("GRAPHC_TRACEBACK"):
            raise
        said = f"the grader went wrong inside ({type(error).__name__}: {error}); it is not counted as wrong"
        return CheckResult(check.name, 0, check.points, "undecided", said)
