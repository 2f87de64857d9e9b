"""What a class did: how the points are spread, which mistake was made how often, which check was hardest."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from statistics import fmean, median

from ..result import CheckResult, Diagnosis, Grading, Mark

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
    scores = array("d")
    refused = full = 0
    bars = [0] * BARS
    mistakes: dict[str, _Made] = {}
    checks: dict[str, _Points] = {}
    for mark in grading.marks:
        if mark.status == "refused":
            refused += 1
            continue
        scores.append(mark.score)
        full += mark.score >= mark.max_score
        if mark.max_score:
            bars[min(int(mark.score / mark.max_score * BARS + 1e-9), BARS - 1)] += 1
        for check in mark.checks:
            checks.setdefault(check.name, _Points()).add(check)
        named = diagnoses(mark)
        for name, diagnosis in named:
            mistakes.setdefault(diagnosis.code, _Made(diagnosis.text)).checks[name] = None
        for code in {diagnosis.code for _, diagnosis in named}:  # made in several places, it was made once
            mistakes[code].count += 1
    made = [Mistake(code, one.count, tuple(one.checks), one.text) for code, one in mistakes.items()]
    rows = [Difficulty(name, one.earned / one.possible, one.full, one.of) for name, one in checks.items()]
    return Summary(
        len(scores),
        refused,
        fmean(scores) if scores else 0.0,
        median(scores) if scores else 0.0,
        full,
        tuple(bars),
        tuple(sorted(made, key=lambda mistake: (-mistake.count, mistake.code))),
        tuple(sorted(rows, key=lambda row: row.share)),
    )


def diagnoses(mark: Mark) -> list[tuple[str, Diagnosis]]:
    """Every mistake that was named, with the check it was made in."""
    return [(check.name, diagnosis) for check in mark.checks for diagnosis in check.diagnoses]


@dataclass
class _Made:
    """One mistake so far: what the first who made it was told, how many made it, and where."""

    text: str
    count: int = 0
    checks: dict[str, None] = field(default_factory=dict)


@dataclass
class _Points:
    """The points of one check so far."""

    earned: float = 0.0
    possible: float = 0.0
    full: int = 0
    of: int = 0

    def add(self, check: CheckResult) -> None:
        self.earned += check.score
        self.possible += check.max_score
        self.full += check.score >= check.max_score
        self.of += 1
