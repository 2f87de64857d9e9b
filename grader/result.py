"""What grading finds: for each check a score and why, for each submission its checks, for a class its submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

CheckStatus = Literal["passed", "failed", "error", "timeout", "undecided"]
MarkStatus = Literal["graded", "error", "timeout", "refused"]
SCHEMA = "graphc/grade/1"


@dataclass(frozen=True)
class Diagnosis:
    """The mistake that was made: its code, a sentence for the student, the layer or factor concerned."""

    code: str
    text: str
    where: str = ""

    def json(self) -> dict[str, Any]:
        return {"code": self.code, "text": self.text, "where": self.where}


@dataclass(frozen=True)
class Part:
    """One of the values that a function is asked for, and the share of the points that it earned (0 to 1)."""

    name: str
    share: float
    message: str = ""
    diagnosis: Diagnosis | None = None

    def json(self) -> dict[str, Any]:
        diagnosis = None if self.diagnosis is None else self.diagnosis.json()
        return {"name": self.name, "share": self.share, "message": self.message, "diagnosis": diagnosis}


@dataclass(frozen=True)
class CheckResult:
    """What became of one check. `parts` are there where its points are shared among several values."""

    name: str
    score: float
    max_score: float
    status: CheckStatus
    message: str
    diagnosis: Diagnosis | None = None
    parts: tuple[Part, ...] = ()

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The mistakes that were named in its parts, else its own; each once."""
        named = [part.diagnosis for part in self.parts if part.diagnosis is not None]
        named = named or ([] if self.diagnosis is None else [self.diagnosis])
        found: dict[str, Diagnosis] = {}
        for one in named:
            found.setdefault(one.code, one)
        return tuple(found.values())

    @property
    def advice(self) -> list[str]:
        """What is to be said of the mistakes, beside the message."""
        return [one.text for one in self.diagnoses if one.text and one.text not in self.message]

    def json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "score": tidy(self.score),
            "max_score": tidy(self.max_score),
            "status": self.status,
            "message": self.message,
            "diagnosis": None if self.diagnosis is None else self.diagnosis.json(),
            "parts": [part.json() for part in self.parts],
        }


@dataclass(frozen=True)
class Mark:
    """What became of one submission; `message` says why one that was refused was."""

    id: str
    status: MarkStatus
    checks: tuple[CheckResult, ...]
    max_score: float
    seconds: float = 0.0
    sandbox: tuple[str, ...] = ()
    message: str = ""

    @property
    def score(self) -> float:
        return sum(check.score for check in self.checks)

    @property
    def pending(self) -> float:
        """Points of checks that could not be decided: neither earned nor lost until somebody has looked."""
        return sum(check.max_score - check.score for check in self.checks if check.status == "undecided")

    @property
    def lost(self) -> bool:
        """Whether points are missing that nobody has to look at, check by check: a sum of rounded points is off."""
        if not self.checks:
            return self.max_score > 0
        return any(check.status != "undecided" and check.score < check.max_score * (1 - 1e-9) for check in self.checks)

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "score": tidy(self.score),
            "max_score": tidy(self.max_score),
            "pending": tidy(self.pending),
            "status": self.status,
            "message": self.message,
            "checks": [check.json() for check in self.checks],
            "seconds": round(self.seconds, 3),
            "sandbox": list(self.sandbox),
        }


@dataclass(frozen=True)
class Grading:
    """What became of all submissions to an exercise. The seed is for staff: it tells the inputs.

    `before` are marks that were given earlier, in another state of the exercise or of the submission, by id.
    """

    exercise: str
    title: str
    seed: int
    marks: Sequence[Mark] = field(default=())
    before: Mapping[str, Mark] = field(default_factory=dict)
    shard: str = ""  # which part of a class this is, as `2/5`

    @property
    def exit_code(self) -> int:
        """0 where all points were earned, 1 where some were lost, 4 where somebody has to look."""
        if any(mark.lost for mark in self.marks):
            return 1
        return 4 if any(mark.pending for mark in self.marks) else 0

    def json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "exercise": self.exercise,
            "title": self.title,
            "seed": self.seed,
            **({"shard": self.shard} if self.shard else {}),
            "submissions": [mark.json() for mark in self.marks],
        }


def status_of(checks: Sequence[CheckResult]) -> MarkStatus:
    """`graded` where something came that could be looked at; else what kept it from coming."""
    found = {check.status for check in checks}
    if found & {"passed", "failed", "undecided"}:
        return "graded"
    return "timeout" if "timeout" in found else "error"


def tidy(points: float) -> float | int:
    """Points without the dust of floats: 2 and not 2.0, 1.3333 and not 1.3333333333333335."""
    rounded = round(points, 4)
    return int(rounded) if rounded == int(rounded) else rounded
