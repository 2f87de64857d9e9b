"""One line of a CSV file: what stands between its fields, its cells, and which of them are numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...language.errors import GraphcError, shown

# Where several occur in the first line, the first of these is meant: a comma may be the decimal sign then.
DELIMITERS = ("\t", ";", "|", ",")
NAMES = {"\t": "a tab", ";": "`;`", "|": "`|`", ",": "`,`", " ": "spaces"}
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)
QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')


class Line(NamedTuple):
    """A line with its number in its file, so that whatever is wrong can be pointed at."""

    file: str
    number: int
    text: str

    def wrong(self, column: int, message: str, hint: str | None = None) -> GraphcError:
        error = GraphcError(message, hint)
        error.file, error.line, error.column, error.source_line = self.file, self.number, column + 1, self.text
        return error


@dataclass(frozen=True)
class Cell:
    """One cell, and where it starts in its line."""

    line: Line
    start: int
    text: str

    def wrong(self, message: str, hint: str | None = None) -> GraphcError:
        if hint is None and re.fullmatch(r"[+-]?\d+,\d+", self.text):
            hint = f"write the decimal point as a point: {self.text.replace(',', '.')}"
        return self.line.wrong(self.start, message, hint)


def delimiter_of(line: str) -> str:
    """What stands between the fields; " " stands for any white space, and for a single column."""
    outside = re.sub(r'"(?:[^"]|"")*"', "", line)
    return next((delimiter for delimiter in DELIMITERS if delimiter in outside), " ")


def cells(line: Line, delimiter: str) -> list[str]:
    if '"' not in line.text:
        split = line.text.split() if delimiter == " " else line.text.split(delimiter)
        return [cell.strip() for cell in split]
    return [cell.text for cell in placed(line, delimiter)]


def placed(line: Line, delimiter: str) -> list[Cell]:
    """The cells with the places where they start; a quoted one may hold the delimiter, and quotes by twos."""
    text, start = line.text, 0
    found: list[Cell] = []
    between = re.compile(r"\s+|$") if delimiter == " " else re.compile(re.escape(delimiter) + "|$")
    if delimiter == " ":
        text, start = text.rstrip(), len(text) - len(text.lstrip())
    while True:
        quoted = QUOTED.match(text, start)
        if quoted is None and text[start:].lstrip().startswith('"'):
            raise line.wrong(start, "this quote is not closed on its line", "a cell is on one line")
        first = quoted.end() if quoted is not None else start
        end = between.search(text, first)
        assert end is not None
        cell = quoted[1].replace('""', '"') if quoted is not None else text[start : end.start()]
        blank = len(text[start : end.start()]) - len(text[start : end.start()].lstrip())
        found.append(Cell(line, start + blank, cell.strip()))
        if end.end() == end.start():
            return found
        start = end.end()


def is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def ragged(line: Line, delimiter: str, width: int) -> GraphcError:
    """The error for a line with too many or too few cells."""
    found = placed(line, delimiter)
    place = found[width].start if len(found) > width else len(line.text)
    other = next((d for d in DELIMITERS if d != delimiter and len(cells(line, d)) == width > 1), None)
    hint = f"this line has {NAMES[other]} between its cells, the others {NAMES[delimiter]}" if other else None
    if hint is None and len(found) == width + 1 and not found[-1].text:
        hint = f"{NAMES[delimiter]} at the end of the line starts one more cell"
    return line.wrong(place, f"this line has {_counted(len(found))}, and those before it {width}", hint)


def _counted(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def no_number(line: Line, delimiter: str, column: int, title: str) -> GraphcError:
    """The error for a cell that is to be a number, and is none."""
    cell = placed(line, delimiter)[column]
    if cell.text.lower() in MISSING:
        what = f"`{cell.text}`" if cell.text else "nothing"
        return cell.wrong(
            f"there is {what} where {title} should have a number",
            "leave the line out, or put a number there, such as the mean of the others",
        )
    return cell.wrong(f"`{shown(cell.text)}` is no number, and {title} is a column of numbers")


def duplicates(names: Sequence[str]) -> int | None:
    """The place of the first name that has stood before."""
    return next((place for place, name in enumerate(names) if name in names[:place]), None)
