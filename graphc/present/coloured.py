"""The text of a derivation with the styles that it has on a screen: reasons are quiet, rules stand out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..derivation.step import Derivation
from .terminal import Line, Piece

MARKS = {"✓": "green", "✗": "bold red"}
NUMBER = re.compile(r" *\d[\d.]* ")


def coloured(text: str, derivation: Derivation) -> list[Line]:
    """Its lines; what they say is not changed."""
    rules = {step.title.lower() for step in derivation.walk()}
    reasons = {" ".join(step.why.split()) for step in derivation.walk()}
    heading, *lines = text.splitlines() or [""]
    return [[Piece(heading, "bold")], *(list(_pieces(line, rules, reasons)) for line in lines)]


def _pieces(line: str, rules: set[str], reasons: set[str]) -> Iterator[Piece]:
    words = line.strip()
    if words[:1] in MARKS:
        yield Piece(line, MARKS[words[:1]])
    elif words and (line == "Result" or line.startswith("--zoom")):
        yield Piece(line, "bold" if line == "Result" else "dim")
    elif any(words in reason for reason in reasons):
        yield Piece(line, "dim")
    else:
        number = NUMBER.match(line)
        start = number.end() if number else 0
        mark = line[-2:] if line[-1:] in MARKS else ""
        end = len(line) - len(mark)
        rule = next((rule for rule in rules if line[:end].endswith(f"  {rule}")), "")
        yield Piece(line[:start], "dim")
        yield Piece(line[start : end - len(rule)])
        yield Piece(rule, "cyan")
        yield Piece(mark, MARKS.get(mark[1:], ""))
