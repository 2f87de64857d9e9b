"""Answers as students write them, right ones and ones with a single mistake, and what the grader makes of each.

A wrong answer says in its first line which names of its mistake would be true: `# expected: wrong-axis, missing-sum`.
"""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader import catalogue
from grader.exercise import read
from grader.grade import grade
from grader.result import CheckResult, Mark
from grader.sandbox import Layers, Workers

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = re.compile(r"# expected: ([\w, -]+)")
NOTHING_FITS = "unknown"
SEED = 5


@dataclass(frozen=True)
class Answer:
    """What one student handed in; `expected` are the codes that name its mistake, none for a right answer.

    A mistake for which there is no code is expected to be `unknown`.
    """

    exercise: str
    path: Path
    expected: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{self.exercise}: {self.path.stem}"

    @property
    def is_right(self) -> bool:
        return self.path.parent.name == "right"


@dataclass(frozen=True)
class Graded:
    """An answer with its mark."""

    answer: Answer
    mark: Mark

    @property
    def lost(self) -> list[CheckResult]:
        return [check for check in self.mark.checks if check.score < check.max_score]

    @property
    def codes(self) -> list[str]:
        """The code of each value, or each check, that lost points; the status where nothing was diagnosed."""
        found = []
        for check in self.lost:
            parts = [part.diagnosis for part in check.parts if part.share < 1] or [check.diagnosis]
            found += [diagnosis.code if diagnosis else check.status for diagnosis in parts]
        return found

    @property
    def outcome(self) -> str:
        """`right`, `named`, `unknown`, `nameless` where no code fits; not to be: `lost`, `passed`, `misnamed`."""
        if self.answer.is_right:
            return "right" if self.mark.score == self.mark.max_score else "lost"
        if not self.mark.lost:
            return "passed"
        told = set(self.codes) - {NOTHING_FITS}
        if told - set(self.answer.expected):
            return "misnamed"
        if told:
            return "named"
        return "nameless" if self.answer.expected == (NOTHING_FITS,) else "unknown"

    @property
    def line(self) -> str:
        """What the student was told, for who reads why a test failed."""
        codes = f"{', '.join(self.codes)} for {', '.join(self.answer.expected)}"
        told = [f"    {c.name}: {c.message}\n        {c.diagnosis.text if c.diagnosis else ''}" for c in self.lost]
        return "\n".join([f"{self.outcome}: {self.answer.id}: {codes}", *told])


def answers() -> list[Answer]:
    """All of them, in order."""
    folder = CORPUS / "answers"
    found = sorted(path for path in folder.rglob("*") if path.parent.name in ("right", "wrong"))
    return [Answer(path.parent.parent.relative_to(folder).as_posix(), path, _expected(path)) for path in found]


def _expected(path: Path) -> tuple[str, ...]:
    if path.parent.name == "right":
        return ()
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found = [match for file in files if (match := EXPECTED.search(file.read_text(encoding="utf-8")))]
    assert found, f"{path} does not say which mistake it makes"
    return tuple(code.strip() for code in found[0][1].split(","))


def graded(chosen: Sequence[Answer], layers: Layers, jobs: int = 1) -> Iterator[Graded]:
    """The marks, exercise by exercise, each exercise in one of several processes."""
    by_exercise: dict[str, list[Answer]] = {}
    for answer in chosen:
        by_exercise.setdefault(answer.exercise, []).append(answer)
    if jobs == 1:
        for name, some in by_exercise.items():
            yield from _of_exercise(name, some, layers)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        for found in pool.map(_of_exercise, by_exercise, by_exercise.values(), [layers] * len(by_exercise)):
            yield from found


def _of_exercise(name: str, some: Sequence[Answer], layers: Layers) -> list[Graded]:
    own = CORPUS / "exercises" / name
    exercise = read(own) if own.is_dir() else catalogue.find(name)
    with Workers(layers, 1) as workers:
        return [Graded(a, grade(exercise, [a.path], SEED, workers).marks[0]) for a in some]
