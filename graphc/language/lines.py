"""A text as its logical lines: comments and blank lines go, and a line goes on while a bracket is open.

This pass is cheap and keeps no state, so it is also where hostile texts end: too long, too deep, brackets astray.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import BadText
from .expression import Span

MAX_BRACKETS = 200
MAX_TOKENS = 100_000

# possessive, so that a million blank lines or comments are one match that remembers nothing
TOKEN = re.compile(r"(?P<blank>(?:[\s\ufeff]++|\#[^\n]*+)++)|(?P<open>[(\[{])|(?P<close>[)\]}])|[\w.]+|.")
CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


class Line(NamedTuple):
    """A logical line as it is written, from its first token to its last, and where it starts."""

    text: str
    line: int
    column: int


def logical_lines(text: str, *, one: bool = False) -> Iterator[Line]:
    """The statements of a text; `one` takes it as a single line whatever its breaks, as an expression is."""
    opened: list[int] = []  # offsets of the brackets that are open
    first, end, tokens = -1, 0, 0  # the current line's first token, the end of its last, tokens so far
    line, counted = 1, 0  # the line number at offset `counted`
    for token in TOKEN.finditer(text):
        kind, start = token.lastgroup, token.start()
        if kind == "blank":
            if first >= 0 and not opened and not one and text.find("\n", start, token.end()) >= 0:
                line, counted = line + text.count("\n", counted, first), first
                yield Line(text[first:end], line, _column(text, first))
                first = -1
            continue
        first, end, tokens = (start if first < 0 else first), token.end(), tokens + 1
        if tokens > MAX_TOKENS:
            raise BadText(f"too long: more than {MAX_TOKENS:,} names, numbers and signs", place(text, start))
        if kind == "open":
            opened.append(start)
            if len(opened) > MAX_BRACKETS:
                raise BadText(f"brackets are more than {MAX_BRACKETS} deep here", place(text, start))
        elif kind == "close":
            _close(text, opened, start)
    if opened:
        raise BadText(f"this `{text[opened[-1]]}` is never closed", place(text, opened[-1]))
    if first >= 0:
        yield Line(text[first:end], line + text.count("\n", counted, first), _column(text, first))


def _close(text: str, opened: list[int], offset: int) -> None:
    if not opened:
        raise BadText(f"this `{text[offset]}` closes nothing", place(text, offset))
    wanted = CLOSED_BY[text[opened[-1]]]
    if text[offset] != wanted:
        at = place(text, opened[-1])
        hint = f"the `{text[opened[-1]]}` at {at.line}:{at.column} is still open and wants a `{wanted}`"
        raise BadText(f"this `{text[offset]}` closes nothing", place(text, offset), hint)
    opened.pop()


def innermost(text: str) -> int | None:
    """The offset of the last bracket that is open at the end of a text."""
    opened: list[int] = []
    for token in TOKEN.finditer(text):
        if token.lastgroup == "open":
            opened.append(token.start())
        elif token.lastgroup == "close":
            opened.pop()
    return opened[-1] if opened else None


def place(text: str, offset: int) -> Span:
    return Span(text.count("\n", 0, offset) + 1, _column(text, offset))


def _column(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset)
