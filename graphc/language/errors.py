"""The one error a person sees: where it is, what is wrong in the person's own names, and what to try."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from re import finditer
from unicodedata import category, east_asian_width

from .expression import Source, Span


class GraphcError(Exception):
    """Bad input of any kind. `str(e)` is the whole message as the command line prints it."""

    exit_code = 2  # of a command that ends with it

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint
        self.file: str | None = None
        self.line: int | None = None
        self.column: int | None = None
        self.source_line: str | None = None

    def at(self, source: Source | None, span: Span | None) -> GraphcError:
        """Say where, unless it is already said; returns self so that it can be raised."""
        if source is not None and span is not None and self.line is None:
            self.file, self.line, self.column = source.file, span.line, span.column
            self.source_line = _line(source.text, span.line)
        return self

    def __str__(self) -> str:
        place = "" if self.line is None else f"{self.file}:{self.line}:{self.column}: "
        if not place and self.file is not None:
            place = f"{self.file}: "
        parts = [place + self.message]
        if self.source_line is not None and self.column is not None:
            parts += caret(self.source_line, self.column)
        if self.hint:
            parts.append(f"hint: {self.hint}")
        return "\n".join(parts)


class BadText(Exception):
    """An error whose place is known and whose file is not yet."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


def caret(line: str, column: int, width: int = 72) -> list[str]:
    """The line and a caret under the column; a long line is cut to a window round the column."""
    start = max(0, column - 1 - width // 2) if len(line) > width else 0
    window = "".join(map(_visible, line[start : start + width]))
    head = "…" if start else ""
    tail = "…" if start + width < len(line) else ""
    blanks = len(head) + sum(map(_columns, window[: column - 1 - start]))
    return [f"  {head}{window}{tail}", "  " + " " * blanks + "^"]


def shown(found: str) -> str:
    """What a text has at some place, fit for a message: cut if long, by code point if it cannot be seen."""
    cut = found[:40] + ("…" if len(found) > 40 else "")
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in cut)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """`did you mean `sigmoid`?`, where something near is known."""
    from difflib import get_close_matches  # slow to import, and most runs make no mistake

    names = sorted(set(known))
    near = [other for other in names if other.casefold() == name.casefold()]
    near += get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


def _line(text: str, number: int) -> str:
    """The line with this number, without its end; a file of millions of lines is not split for it."""
    start = 0
    if number > 1:
        start = next((end.end() for end in islice(finditer("\n", text), number - 2, None)), len(text))
    end = text.find("\n", start)
    return text[start : end if end >= 0 else None].rstrip("\r")


def _visible(character: str) -> str:
    """One character for one, so that a terminal shows the line and obeys nothing in it."""
    if character == "\t":
        return " "
    return character if character.isprintable() else "\ufffd"


def _columns(character: str) -> int:
    return 0 if category(character) in ("Mn", "Me") else 2 if east_asian_width(character) in "WF" else 1
