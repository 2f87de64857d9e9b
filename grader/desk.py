"""What a check is graded with: the exercise, one submission, its workers, the seed, and what was found before."""

from __future__ import annotations

from dataclasses import dataclass, field

from .exercise import Exercise
from .following import Wrong
from .result import CheckResult
from .session import Session
from .submission import Submission


@dataclass
class Desk:
    """`done` holds the results of the checks before this one by name, `wrong` the values that were."""

    exercise: Exercise
    submission: Submission
    session: Session
    seed: int
    done: dict[str, CheckResult] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
