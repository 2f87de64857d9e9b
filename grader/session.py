"""The workers of one submission. Checks with the same limits share a worker as long as it is fit.

A check that ran out of time or memory in a worker that others had used before is asked again in a fresh one, so that
no check pays for another.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from .exercise import Check
from .submission import Submission

if TYPE_CHECKING:
    import numpy as np

    from .sandbox import Answer, Workers
    from .sandbox import Student as InUse

LOST = ("timeout", "memory", "died", "wire")  # what a worker does not come back from
Key = tuple[float, int, tuple[str, ...]]


class Student:
    """A worker with the student's code in it."""

    def __init__(self, worker: InUse) -> None:
        self.worker, self.used, self.lost = worker, False, False

    def call(self, check: Check, arrays: list[np.ndarray]) -> Answer:
        """What the function answers: a value, or why there is none."""
        answer = self.worker.call(check.function, arrays, returns=len(check.returns))
        self.lost |= answer.kind in LOST
        return answer


class Session:
    """Opens workers when a check first needs one, and closes them all in the end."""

    def __init__(self, workers: Workers, submission: Submission) -> None:
        self.workers, self.submission = workers, submission
        self._open: dict[Key, tuple[Student, ExitStack]] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        for key in list(self._open):
            self._close(key)

    def student(self, check: Check, fresh: bool = False) -> Student:
        """A worker for this check; `fresh` where the one there is may have suffered from others."""
        from .sandbox import Limits

        key = (check.seconds, check.memory_mb, check.forbid)
        if key in self._open and (fresh or self._open[key][0].lost):
            self._close(key)
        if key not in self._open:
            limits = Limits(seconds=check.seconds, memory_mb=check.memory_mb)
            stack = ExitStack()
            code, files, name = self.submission.code, self.submission.files, self.submission.name
            opened = self.workers.open(code, files, limits, forbid=check.forbid, name=name)
            self._open[key] = (Student(stack.enter_context(opened)), stack)
        return self._open[key][0]

    def _close(self, key: Key) -> None:
        self._open.pop(key)[1].close()
