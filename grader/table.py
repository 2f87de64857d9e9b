"""The marks for people, in 80 columns: what was right, what is wrong, where to look next."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from .result import CheckResult, Grading, Mark, tidy
from .visible import visible

WIDTH = 80
SIGNS = {"passed": "✓", "failed": "✗", "error": "✗", "timeout": "✗", "undecided": "?"}
FEW = 5  # submissions that are all told in full
NEXT = "→ "
LONGEST = 30  # columns of a name


def table(grading: Grading) -> str:
    """Of a few submissions every check with what is to be said of it, of a class a line for each."""
    head = wrap(f"{grading.exercise} - {grading.title}", WIDTH)
    if len(grading.marks) > FEW:
        lines = [*head, "", *_overview(grading)]
    else:
        lines = [*head, *(line for mark in grading.marks for line in ["", *_in_full(mark)])]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def points(score: float, of: float) -> str:
    """`4.5 of 6`."""
    return f"{tidy(score)} of {tidy(of)}"


# -- one submission


def _in_full(mark: Mark) -> Iterator[str]:
    pending = f", and {tidy(mark.pending)} that somebody has to look at" if mark.pending else ""
    yield from wrap(f"{visible(mark.id)}: {points(mark.score, mark.max_score)} points{pending}", WIDTH)
    if mark.message:
        yield from _said(f"{mark.status}: {mark.message}", "  ")
    names = [_cut(check.name, LONGEST) for check in mark.checks]
    width = max(map(len, names), default=0)
    for check, name in zip(mark.checks, names, strict=True):
        yield f"  {SIGNS[check.status]} {name:{width}}  {points(check.score, check.max_score)}"
        yield from _why(check)


def _why(check: CheckResult) -> Iterator[str]:
    """What was right and what was not, then where to look next: each diagnosis once."""
    if len(check.parts) > 1:
        width = min(max(len(part.name) for part in check.parts), LONGEST)
        for part in check.parts:
            sign = "✓" if part.share == 1 else "✗" if part.share == 0 else "½"
            yield from _said(part.message or "right", f"      {sign} {_cut(part.name, width):{width}}  ")
    else:
        yield from _said(check.message, "      ")
    for text in check.advice:
        yield from _said(text, f"      {NEXT}")


def _said(text: str, start: str) -> list[str]:
    """A text behind a start, its further lines below where it begins."""
    found = []
    for paragraph in visible(text).splitlines() or [""]:
        found += wrap(paragraph, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
        start = " " * len(start)
    return found


# -- a class


def _overview(grading: Grading) -> Iterator[str]:
    """A line a submission: its points, and what became of each check. The marks are read once."""
    rows, total, most = [], 0.0, 0.0
    for mark in grading.marks:
        rows.append((_cut(mark.id, LONGEST), f"{tidy(mark.score)}", _briefly(mark)))
        total, most = total + mark.score, max(most, mark.max_score)
    width = max(len("submission"), *(len(name) for name, _, _ in rows))
    room = max(len("points"), *(len(score) for _, score, _ in rows))
    yield f"{'submission':{width}}  {'points':>{room}}  checks"
    for name, score, said in rows:
        start = f"{name:{width}}  {score:>{room}}  "
        yield from wrap(said, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
    yield ""
    yield f"{len(rows)} submissions, {tidy(round(total / len(rows), 2))} of {tidy(most)} points on average"


def _briefly(mark: Mark) -> str:
    if mark.message:
        return f"{mark.status}: {visible(mark.message)}"
    return ", ".join(f"{SIGNS[check.status]} {check.name}{_code(check)}" for check in mark.checks)


def _code(check: CheckResult) -> str:
    lost = check.status in ("failed", "error") and check.diagnosis is not None
    return f" ({check.diagnosis.code})" if lost and check.diagnosis is not None else ""


def _cut(name: str, width: int) -> str:
    shown = visible(name).replace("\n", " ").replace("\t", " ")
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
