"""What a check is graded with: the exercise, one submission, its workers, the seed, and what was found before."""

from __future__ import annotations

from dataclasses import dataclass, field

from .exercise import Check, Exercise
from .following import Wrong
from .result import CheckResult
from .session import Session
from .submission import Submission


@dataclass
class Desk:
    """`done` holds the results of the checks before this one by name, `wrong` the values that were.

    `single`: something came in single precision, of which the rest may be made.
    """

    exercise: Exercise
    submission: Submission
    session: Session
    seed: int
    done: dict[str, CheckResult] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    single: bool = False

    def recall(self, check: Check, result: CheckResult) -> None:
        """A result from before: what was wrong in it is still what later values may be made of."""
        self.done[check.name] = result
        if check.kind == "code" and result.status == "failed":
            self.wrong += [Wrong(check, part.name) for part in result.parts if part.share == 0]
