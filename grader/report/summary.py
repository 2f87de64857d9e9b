"""What a class did: how the points are spread, which mistake was made how often, which check was hardest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from ..result import Diagnosis, Grading, Mark

BARS = 10


@dataclass(frozen=True)
class Mistake:
    """One code, how many submissions made it, and in which checks."""

    code: str
    count: int
    checks: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Difficulty:
    """One check: the share of its points that the class earned, and how many have all of them."""

    name: str
    share: float
    full: int
    of: int


@dataclass(frozen=True)
class Summary:
    count: int
    refused: int
    mean: float
    median: float
    full: int
    bars: tuple[int, ...]  # submissions in each tenth of the points
    mistakes: tuple[Mistake, ...]  # the most frequent first
    checks: tuple[Difficulty, ...]  # the hardest first


def summary(grading: Grading) -> Summary:
    """The class in numbers. A submission that was refused has no points and counts in nothing but its own number."""
    marks = [mark for mark in grading.marks if mark.status != "refused"]
    shares = [mark.score / mark.max_score for mark in marks if mark.max_score]
    bars = [0] * BARS
    for share in shares:
        bars[min(int(share * BARS + 1e-9), BARS - 1)] += 1
    return Summary(
        len(marks),
        len(grading.marks) - len(marks),
        mean(mark.score for mark in marks) if marks else 0.0,
        median(mark.score for mark in marks) if marks else 0.0,
        sum(mark.score >= mark.max_score for mark in marks),
        tuple(bars),
        _mistakes(marks),
        _checks(marks),
    )


def diagnoses(mark: Mark) -> list[tuple[str, Diagnosis]]:
    """Every mistake that was named, with the check it was made in."""
    found = []
    for check in mark.checks:
        parts = [part.diagnosis for part in check.parts]
        named = parts if any(parts) else [check.diagnosis]
        found += [(check.name, diagnosis) for diagnosis in named if diagnosis is not None]
    return found


def _mistakes(marks: Sequence[Mark]) -> tuple[Mistake, ...]:
    """A submission that made one mistake in several places made it once."""
    who: dict[str, set[int]] = {}
    where: dict[str, dict[str, None]] = {}
    text: dict[str, str] = {}
    for number, mark in enumerate(marks):
        for check, diagnosis in diagnoses(mark):
            who.setdefault(diagnosis.code, set()).add(number)
            where.setdefault(diagnosis.code, {})[check] = None
            text.setdefault(diagnosis.code, diagnosis.text)
    found = [Mistake(code, len(those), tuple(where[code]), text[code]) for code, those in who.items()]
    return tuple(sorted(found, key=lambda mistake: (-mistake.count, mistake.code)))


def _checks(marks: Sequence[Mark]) -> tuple[Difficulty, ...]:
    found: dict[str, list[tuple[float, float]]] = {}
    for mark in marks:
        for check in mark.checks:
            found.setdefault(check.name, []).append((check.score, check.max_score))
    rows = [
        Difficulty(name, sum(s for s, _ in all) / sum(m for _, m in all), sum(s >= m for s, m in all), len(all))
        for name, all in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.share))
