"""What a new state of an exercise, or of a submission, did to each mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..result import Grading, Mark, tidy
from ..visible import visible


@dataclass(frozen=True)
class Change:
    """One submission whose points are others than before, and the checks that made them so."""

    id: str
    before: float
    after: float
    checks: tuple[tuple[str, float, float], ...]

    def json(self) -> dict[str, Any]:
        checks = [{"name": name, "before": tidy(old), "after": tidy(new)} for name, old, new in self.checks]
        return {"id": self.id, "before": tidy(self.before), "after": tidy(self.after), "checks": checks}


def changes(grading: Grading) -> list[Change]:
    """Every submission that was graded before and has other points now, in some check or in all."""
    found = (_change(grading.before[mark.id], mark) for mark in grading.marks if mark.id in grading.before)
    return [change for change in found if change.checks or tidy(change.before) != tidy(change.after)]


def _change(old: Mark, new: Mark) -> Change:
    had = {check.name: check.score for check in old.checks}
    has = {check.name: check.score for check in new.checks}
    names = dict.fromkeys([*has, *had])
    moved = [(name, had.get(name, 0.0), has.get(name, 0.0)) for name in names if had.get(name) != has.get(name)]
    return Change(new.id, old.score, new.score, tuple(moved))


def text(grading: Grading) -> str:
    """A line for each change."""
    found = changes(grading)
    known = len(grading.before)
    lines = [f"{len(found)} of {known} marks that were given before have changed", *map(_line, found)]
    return "\n".join(lines) + "\n"


def _line(change: Change) -> str:
    return f"  {visible(change.id)}: {tidy(change.before)} → {tidy(change.after)}  ({', '.join(_checks(change))})"


def _checks(change: Change) -> Iterator[str]:
    for name, old, new in change.checks:
        yield f"{name} {tidy(old)} → {tidy(new)}"
