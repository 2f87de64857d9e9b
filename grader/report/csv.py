"""A line for each submission, for a spreadsheet or a mark book."""

from __future__ import annotations

import io
from collections.abc import Iterator
from csv import writer

from ..result import CheckResult, Grading, Mark, tidy
from ..visible import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute with, were it the first of a cell


def csv(grading: Grading) -> Iterator[str]:
    """`id, status, score, max_score, pending`, then for each check its points and the codes of the mistakes."""
    names = list(dict.fromkeys(check.name for mark in grading.marks for check in mark.checks))
    checks = [cell(column) for name in names for column in (name, f"{name}: mistake")]
    yield _line(["id", "status", "score", "max_score", "pending", *checks, "message"])
    for mark in grading.marks:
        yield _line(_row(mark, names))


def _line(row: list[object]) -> str:
    out = io.StringIO()
    writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _row(mark: Mark, names: list[str]) -> list[object]:
    found = {check.name: check for check in mark.checks}
    checks = [value for name in names for value in _values(found.get(name))]
    points = [tidy(mark.score), tidy(mark.max_score), tidy(mark.pending)]
    return [cell(mark.id), mark.status, *points, *checks, cell(mark.message)]


def _values(check: CheckResult | None) -> tuple[object, str]:
    if check is None:
        return "", ""
    return tidy(check.score), ", ".join(one.code for one in check.diagnoses)


def cell(text: str) -> str:
    """A text that stays a text: names of folders are chosen by those who are graded."""
    text = text if not text.startswith(FORMULA) else f"'{text}"
    return visible(text)
