"""The marks for people, in 80 columns: what was right, what is wrong, where to look next."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from .result import CheckResult, Grading, Mark, tidy

WIDTH = 80
SIGNS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "✗", "undecided": "?"}


def table(grading: Grading) -> str:
    """All of it: of one submission every check, of several a line each and then what is wrong with them."""
    lines = [f"{grading.exercise} - {grading.title}", ""]
    for mark in grading.marks:
        lines += [*_mark(mark), ""]
    return "\n".join(lines[:-1]) + "\n"


def points(score: float, of: float) -> str:
    """`4.5 of 6`."""
    return f"{tidy(score)} of {tidy(of)}"


def _mark(mark: Mark) -> Iterator[str]:
    yield f"{visible(mark.id)}: {points(mark.score, mark.max_score)} points"
    if mark.message:
        yield from _said(mark.message, 2)
    for check in mark.checks:
        yield from _check(check)


def _check(check: CheckResult) -> Iterator[str]:
    yield f"  {SIGNS[check.status]} {check.name}  {points(check.score, check.max_score)}"
    yield from _said(check.message, 4)
    if check.diagnosis is not None and check.diagnosis.text and check.diagnosis.text not in check.message:
        yield from _said(check.diagnosis.text, 4)


def _said(text: str, indent: int) -> list[str]:
    blanks = " " * indent
    return wrap(visible(text), WIDTH, initial_indent=blanks, subsequent_indent=blanks)


def visible(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in text)
