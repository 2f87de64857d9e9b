"""Workers that are started ahead: `jobs` of them wait, each takes one submission, none is used twice."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from .cage import Cage, Fork
from .errors import NoSandbox, SandboxError
from .layers import NONE, Layers
from .limits import Limits
from .student import Student

Made = TypeVar("Made")


class Workers:
    """`with workers.open(code, files, limits) as student: student.call(…)`. Several threads may use it at once."""

    def __init__(self, layers: Layers, jobs: int = 1) -> None:
        if not layers.isolates and layers != NONE:
            raise no_sandbox(layers)
        self.layers, self._jobs = layers, max(1, jobs)
        # one for all where workers have their own namespaces, or share nothing that they could write; else one for each
        self._shared = "namespaces" in layers.names or "bubblewrap" not in layers.names
        self._lock = threading.Lock()
        self._cages: deque[Cage] = deque(Cage(layers.names) for _ in range(1 if self._shared else self._jobs))
        self._waiting: deque[Fork] = deque()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def processes(self) -> list[int]:
        """The processes that hold the sandboxes; all workers are below them."""
        with self._lock:
            return [cage.process for cage in (*self._cages, *(fork.cage for fork in self._waiting)) if cage]

    def close(self) -> None:
        """Ends every process that was started."""
        with self._lock:
            while self._waiting:
                self._waiting.popleft().close()
            while self._cages:
                self._cages.popleft().close()

    def open(
        self,
        code: str,
        files: Mapping[str, bytes] | None = None,
        limits: Limits | None = None,
        forbid: Sequence[str] = (),
        name: str = "solution.py",
    ) -> Student:
        """A worker with this submission in it; `name` is the file that messages and tracebacks name."""
        submission = (code.encode(errors="surrogatepass"), files or {}, limits or Limits(), forbid, name)
        student = self._again_if_killed(lambda: Student(self._next(), *submission))
        try:
            self._again_if_killed(self._fill)
        except BaseException:
            student.close()
            raise
        return student

    def _again_if_killed(self, step: Callable[[], Made]) -> Made:
        """Does the step, and once more with another cage where the one it needs was killed."""
        try:
            return step()
        except SandboxError:
            if not self._renew_the_dead():
                raise
            return step()

    def _fill(self) -> None:
        with self._lock:
            while len(self._waiting) < self._jobs:
                self._fork_one()

    def _next(self) -> Fork:
        with self._lock:
            if not self._waiting:
                self._fork_one()
            return self._waiting.popleft()

    def _renew_the_dead(self) -> bool:
        """Others in place of cages that were killed from outside, say for memory; whether there were any."""
        with self._lock:
            cages = [*self._cages, *(fork.cage for fork in self._waiting)]
            dead = [cage for cage in cages if cage and cage.has_ended()]
            if dead:
                while self._waiting:
                    self._waiting.popleft().close()
            for cage in dead:
                if cage in self._cages:
                    cage.close()
                    self._cages.remove(cage)
                    self._cages.append(Cage(self.layers.names))
            return bool(dead)

    def _fork_one(self) -> None:
        if self._shared:
            self._waiting.append(self._cages[0].fork())
            return
        self._waiting.append(self._cages[0].fork_last())  # it stays where it can be renewed, until it has forked
        self._cages.popleft()
        self._cages.append(Cage(self.layers.names))


def no_sandbox(layers: Layers) -> NoSandbox:
    """The refusal, with how to get what is missing."""
    lacking = "; ".join(f"{missing.layer} is {missing.why}" for missing in layers.missing)
    hint = "; or ".join(dict.fromkeys(missing.remedy for missing in layers.missing))
    return NoSandbox(f"nothing on this machine isolates a student's code ({lacking})", hint or None)
