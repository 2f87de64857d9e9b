"""The one error a person sees: where it is, what is wrong in the person's own names, and what to try."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from .expression import Source, Span


class GraphcError(Exception):
    """Bad input of any kind. `str(e)` is the whole message as the command line prints it."""

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
            lines = source.text.splitlines()
            self.source_line = lines[span.line - 1] if span.line <= len(lines) else ""
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


def caret(line: str, column: int, width: int = 72) -> list[str]:
    """The line and a caret under the column; a long line is cut to a window round the column."""
    start = max(0, column - 1 - width // 2) if len(line) > width else 0
    window = line[start : start + width].replace("\t", " ")
    head = "…" if start else ""
    tail = "…" if start + width < len(line) else ""
    return [f"  {head}{window}{tail}", "  " + " " * (len(head) + column - 1 - start) + "^"]


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """`did you mean `sigmoid`?`, where something near is known."""
    near = get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None
