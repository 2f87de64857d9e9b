"""The marks as a page: one file, without a script and without a network, on a phone, in the dark and on paper.

Everything that a student wrote is escaped; the page allows its own style and nothing else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from pathlib import Path

from ..result import CheckResult, Diagnosis, Grading, Mark, Part, tidy
from ..table import SIGNS, points
from ..visible import visible
from .summary import Summary, summary

STYLE = Path(__file__).parent / "page.css"
START = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'sha256-{hash}'; \
base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="graphc">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><p class="kicker">{exercise}</p><h1>{heading}</h1></header>
<main>
"""
END = """</main>
</body>
</html>
"""
CODE = re.compile("`([^`]*)`")
WORDS = {"passed": "right", "failed": "wrong", "error": "no answer", "timeout": "too slow", "undecided": "open"}


def page(grading: Grading) -> Iterator[str]:
    """The pieces of one submission's page, or of the class's with every submission to unfold."""
    if len(grading.marks) == 1:
        yield from student_page(grading, grading.marks[0])
    else:
        yield _start(grading, grading.title)
        yield from _lines(_class(summary(grading)))
        yield from _lines(_everyone(grading))
        yield END


def student_page(grading: Grading, mark: Mark) -> Iterator[str]:
    """The pieces of what one student is told."""
    yield _start(grading, f"{grading.title} · {mark.id}")
    yield from _lines(_student(mark))
    yield END


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    return (f"{piece}\n" for piece in pieces)


def _start(grading: Grading, title: str) -> str:
    style = STYLE.read_text("utf-8")
    return START.format(
        hash=b64encode(sha256(style.encode()).digest()).decode(),
        title=text(title),
        exercise=text(grading.exercise),
        heading=text(grading.title),
        style=style,
    )


# -- one submission


def _student(mark: Mark) -> Iterator[str]:
    yield f'<section class="mark"><h2>{text(mark.id)}</h2>{_score(mark.score, mark.max_score)}</section>'
    if mark.message:
        yield f'<p class="said">{text(mark.message)}</p>'
    yield '<ol class="checks">'
    for check in mark.checks:
        yield _check(check)
    yield "</ol>"


def _score(score: float, of: float) -> str:
    """The points in figures, and as a bar."""
    share = 100 * score / of if of else 0
    return (
        f'<p class="score"><b>{tidy(score)}</b> of {tidy(of)} points'
        f'<meter min="0" max="100" value="{share:.1f}">{share:.0f} %</meter></p>'
    )


def _check(check: CheckResult) -> str:
    lines = [
        f'<li class="check {check.status}"><h3><span class="sign" aria-hidden="true">{SIGNS[check.status]}</span> '
        f'{text(check.name)} <span class="points">{points(check.score, check.max_score)}</span> '
        f'<span class="word">{WORDS[check.status]}</span></h3>'
    ]
    told = [part for part in check.parts if part.message]
    if told:
        lines += ["<ul>", *map(_part, told), "</ul>"]
        right = [part.name for part in check.parts if not part.message]
        lines += [f"<p>{text(', '.join(right))}: right</p>"] if right else []
        named = [part.diagnosis for part in told if part.diagnosis is not None and part.diagnosis.text != part.message]
        lines += [_look(one) for one in {one.code: one for one in reversed(named)}.values()]  # each mistake once
    else:
        lines.append(f"<p>{prose(check.message)}</p>")
        if check.diagnosis is not None and check.diagnosis.text not in check.message:
            lines.append(_look(check.diagnosis))
    return "".join([*lines, "</li>"])


def _part(part: Part) -> str:
    return f"<li><b>{text(part.name)}</b>: {prose(part.message)}</li>"


def _look(diagnosis: Diagnosis) -> str:
    """Where to look next."""
    return f'<p class="look">{prose(diagnosis.text)}</p>'


# -- the class


def _class(found: Summary) -> Iterator[str]:
    figures = [
        ("submissions", f"{found.count + found.refused}"),
        ("mean", f"{found.mean:.1f}"),
        ("median", f"{found.median:g}"),
        ("all points", f"{found.full}"),
        *([("refused", f"{found.refused}")] if found.refused else []),
    ]
    yield '<dl class="figures">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures)
    yield "</dl>"
    if found.count:
        yield "<section><h2>How the points are spread</h2>"
        yield from _spread(found.bars)
        yield "</section><section><h2>Check by check, the hardest first</h2>"
        yield "<table><thead><tr><th>check</th><th>points earned</th><th>all points</th></tr></thead><tbody>"
        for row in found.checks:
            meter = f'<meter min="0" max="100" value="{100 * row.share:.1f}"></meter> {100 * row.share:.0f}&nbsp;%'
            yield f"<tr><td>{text(row.name)}</td><td>{meter}</td><td>{row.full} of {row.of}</td></tr>"
        yield "</tbody></table></section>"
    if found.mistakes:
        yield '<section><h2>Which mistakes were made</h2><table class="told">'
        yield "<thead><tr><th>mistake</th><th>submissions</th>"
        yield "<th>in</th><th>one was told</th></tr></thead><tbody>"
        for mistake in found.mistakes:
            yield (
                f"<tr><td><code>{text(mistake.code)}</code></td><td>{mistake.count}</td>"
                f"<td>{text(', '.join(mistake.checks))}</td><td>{prose(mistake.example)}</td></tr>"
            )
        yield "</tbody></table></section>"


def _spread(bars: tuple[int, ...]) -> Iterator[str]:
    """How many submissions are in each tenth of the points, as bars of text."""
    most = max(*bars, 1)
    width, step = 100 / len(bars), 100 // len(bars)
    yield '<figure><svg viewBox="0 -2 100 39" role="img" aria-label="submissions by points">'
    for place, count in enumerate(bars):
        height = 28 * count / most
        left = place * width
        yield (
            f'<rect x="{left + 0.8:.2f}" y="{32 - height:.2f}" width="{width - 1.6:.2f}" height="{height:.2f}"/>'
            f'<text x="{left + width / 2:.2f}" y="{30.8 - height:.2f}">{count or ""}</text>'
            f'<text class="axis" x="{left + width / 2:.2f}" y="36.5">{place * step}–{(place + 1) * step}</text>'
        )
    yield "</svg><figcaption>percent of the points</figcaption></figure>"


def _everyone(grading: Grading) -> Iterator[str]:
    yield "<section><h2>Everyone</h2>"
    for mark in grading.marks:
        said = "refused" if mark.status == "refused" else f"{points(mark.score, mark.max_score)} points"
        yield f'<details><summary><b>{text(mark.id)}</b> <span class="points">{said}</span></summary>'
        yield from _student(mark)
        yield "</details>"
    yield "</section>"


def text(written: str) -> str:
    """What somebody wrote, as text and nothing else."""
    return escape(visible(written))


def prose(written: str) -> str:
    """A sentence, with what stands between backticks as code."""
    return CODE.sub(r"<code>\1</code>", text(written))
