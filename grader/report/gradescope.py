"""Gradescope's results.json: one object for one submission; for several, each under its id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..result import CheckResult, Grading, Mark, tidy
from ..visible import visible
from .json import written


def gradescope(grading: Grading) -> Iterator[str]:
    """What the harness there reads of a single submission, as text."""
    if len(grading.marks) == 1:
        yield written(results(grading.marks[0]), indent=1) + "\n"
        return
    yield "{"
    for number, mark in enumerate(grading.marks):
        yield ("," if number else "") + f"\n{written(visible(mark.id))}: {written(results(mark), indent=1)}"
    yield "\n}\n"


def results(mark: Mark) -> dict[str, Any]:
    """One submission. What it printed itself is shown to nobody: it could be anything."""
    return {
        "score": tidy(mark.score),
        "execution_time": round(mark.seconds, 3),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "output": visible(mark.message) if mark.message else _summary(mark),
        "output_format": "text",
        "tests": [_test(number, check) for number, check in enumerate(mark.checks, 1)],
    }


def _summary(mark: Mark) -> str:
    if mark.pending:
        return f"{tidy(mark.pending)} points could not be decided and wait for somebody to look."
    return ""


def _test(number: int, check: CheckResult) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": check.name,
        "number": str(number),
        "score": tidy(check.score),
        "max_score": tidy(check.max_score),
        "status": "passed" if check.score >= check.max_score else "failed",
        "output": visible("\n".join([check.message, *check.advice])),
        "output_format": "text",
        "visibility": "visible",
    }
    if check.diagnoses:
        found["tags"] = [one.code for one in check.diagnoses]
    return found
