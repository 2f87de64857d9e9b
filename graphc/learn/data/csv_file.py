"""CSV files, read in blocks of lines: NumPy takes a block of numbers at once, and where it stumbles, each cell is
looked at, so that the line and the cell can be named.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np

from ...language.names import normalised
from .cells import MISSING, Line, cells, delimiter_of, duplicates, is_number, no_number, placed, ragged
from .opening import opened, unread
from .table import Table

# So much text is read at once.
BLOCK = 256 * 1024
LONGEST = 16 * 1024 * 1024
MANY_CLASSES = 10_000
# So many lines decide which columns are text.
LOOKED_AT = 100


def read_csv(path: Path, target: str | None = None) -> Table:
    """The table in a file; a first line of names is told from one of numbers by what stands below it."""
    with opened(path) as stream:
        rows = _line_ends(stream)
    with opened(path) as stream:
        # bytes that are not UTF-8 are let through, to be pointed at in their line
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape")
        found = _Reading(path, text, rows).table(target)
        text.detach()
    return found


def _line_ends(stream: BinaryIO) -> int:
    """At least as many as there are lines."""
    newlines = returns = 0
    while piece := stream.read(BLOCK):
        newlines += piece.count(b"\n")
        returns += piece.count(b"\r")
    return max(newlines, returns) + 1


@dataclass
class _Texts:
    """A column of text: its different texts, numbered as they come."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))

    def sorted(self) -> tuple[tuple[str, ...], np.ndarray]:
        """The texts in their order, and the place there of each number."""
        names = tuple(sorted(self.numbers))
        place = np.empty(len(names))
        place[[self.numbers[name] for name in names]] = np.arange(len(names))
        return names, place


class _Reading:
    def __init__(self, path: Path, text: TextIO, most: int) -> None:
        self.path, self.most = path, most
        self.lines = self._numbered(text)
        head = list(islice(self.lines, LOOKED_AT))
        if not head:
            raise unread(path, "the file has no lines with anything on them")
        self.delimiter = delimiter_of(head[0].text)
        split = [cells(line, self.delimiter) for line in head]
        named = _is_names(split[0], split[1] if len(split) > 1 else None)
        self.names = self._checked_names(head[0]) if named else ()
        self.width = len(split[0])
        self.waiting = head[named:]
        if not self.waiting:
            raise unread(path, "the file has a line of names and nothing below it")
        self.first_text: dict[int, Line] = {}
        self.texts = {column: _Texts() for column in range(self.width) if _is_text(split[named:], column)}

    def _numbered(self, text: TextIO) -> Iterator[Line]:
        """The lines that are not blank."""
        for number, line in enumerate(iter(lambda: text.readline(LONGEST), ""), 1):
            if len(line) == LONGEST:
                raise unread(self.path, f"line {number} is longer than {LONGEST // 1024**2} MB: is this a text file?")
            if "\0" in line:
                raise Line(str(self.path), number, line.rstrip()).wrong(line.index("\0"), "a NUL byte: this is no text")
            if line.strip():
                yield Line(str(self.path), number, line.rstrip("\r\n"))

    def _checked_names(self, line: Line) -> tuple[str, ...]:
        where = placed(line, self.delimiter)
        names = tuple(normalised(cell.text.removeprefix("#").strip()) for cell in where)
        for cell, name in zip(where, names, strict=True):
            _utf8(line, cell.text)
            if not name:
                raise cell.wrong(
                    "this column has no name",
                    "is it the row numbers that pandas writes? to_csv(…, index=False) leaves them out",
                )
        twice = duplicates(names)
        if twice is not None:
            raise where[twice].wrong(f"two columns are called `{names[twice]}`")
        return names

    def table(self, target: str | None) -> Table:
        values = np.empty((self.most, self.width))
        count, first = 0, self.waiting[0].number
        for block in self._blocks():
            last = block[-1].number
            values[count : count + len(block)] = self._values(block)
            count += len(block)
        classes: dict[int, tuple[str, ...]] = {}
        for column, texts in self.texts.items():
            classes[column], place = texts.sorted()
            values[:count, column] = place[values[:count, column].astype(np.intp)]
        places = {column: placed(self.first_text[column], self.delimiter)[column] for column in classes}
        each_line = last - first + 1 == count
        return Table(self.path.name, values[:count], self.names, classes, places, target, first if each_line else 0)

    def _blocks(self) -> Iterator[list[Line]]:
        block, size = self.waiting, 0
        for line in self.lines:
            block.append(line)
            size += len(line.text)
            if size > BLOCK:
                yield block
                block, size = [], 0
        if block:
            yield block

    def _values(self, block: list[Line]) -> np.ndarray:
        found = self._at_once([line.text for line in block])
        return np.array([self._row(line) for line in block]) if found is None else found

    def _at_once(self, lines: list[str]) -> np.ndarray | None:
        """The block read in one go; None where that does not go, or some number is none, or a text is new."""
        if any('"' in line for line in lines):
            return None
        between = None if self.delimiter == " " else self.delimiter
        try:
            if self.texts:
                found = self._columns([line.split(between) for line in lines])
            else:
                found = np.loadtxt(lines, delimiter=between, comments=None, ndmin=2)
        except (ValueError, KeyError):
            return None
        return found if found.shape == (len(lines), self.width) and np.isfinite(found).all() else None

    def _columns(self, rows: list[list[str]]) -> np.ndarray:
        """Each column in one go; ValueError where the rows differ or a number is none, KeyError where a text is new."""
        found = np.empty((len(rows), self.width))
        for column, column_cells in zip(range(self.width), zip(*rows, strict=True), strict=True):
            texts = self.texts.get(column)
            if texts is None:
                if "_" in "".join(column_cells):  # which Python would read past
                    raise ValueError
                found[:, column] = list(map(float, column_cells))
            else:
                found[:, column] = [texts.numbers[cell.strip()] for cell in column_cells]
        return found

    def _row(self, line: Line) -> list[float]:
        found = cells(line, self.delimiter)
        if len(found) != self.width:
            raise ragged(line, self.delimiter, self.width)
        return [self._cell(line, column, cell) for column, cell in enumerate(found)]

    def _cell(self, line: Line, column: int, cell: str) -> float:
        texts = self.texts.get(column)
        if texts is None or cell.lower() in MISSING:
            if not is_number(cell) or not isfinite(float(cell)):
                _utf8(line, cell)
                raise no_number(line, self.delimiter, column, self._title(column))
            return float(cell)
        _utf8(line, cell)
        self.first_text.setdefault(column, line)
        number = texts.number(cell)
        if number >= MANY_CLASSES:
            message = f"{self._title(column)} has more than {MANY_CLASSES:,} different texts: these are no classes"
            raise placed(line, self.delimiter)[column].wrong(message)
        return number

    def _title(self, column: int) -> str:
        return f"`{self.names[column]}`" if self.names else f"column {column + 1}"


def _is_names(first: list[str], second: list[str] | None) -> bool:
    """Whether a first line names the columns: text stands above a number, or there is no number in it at all.

    A line that has numbers as well is one of names if the numbers count upwards, as those of pixels do.
    """
    numbers = [float(cell) for cell in first if is_number(cell)]
    if not numbers:
        below = second is None or any(map(is_number, second)) or len(set(first)) == len(first)
        return below and any(cell.lower() not in MISSING for cell in first)
    above = second is not None and any(
        is_number(b) and not is_number(a) and a.lower() not in MISSING for a, b in zip(first, second, strict=False)
    )
    return above and numbers == list(np.arange(len(numbers)) + numbers[0]) and len(numbers) > 1


def _is_text(rows: list[list[str]], column: int) -> bool:
    """Whether most cells of a column are text."""
    found = [row[column] for row in rows if column < len(row) and row[column].lower() not in MISSING]
    return 2 * sum(map(is_number, found)) < len(found)


def _utf8(line: Line, cell: str) -> None:
    """Refuse bytes that are not UTF-8."""
    wrong = next((character for character in cell if "\udc80" <= character <= "\udcff"), None)
    if wrong is not None:
        byte = ord(wrong) - 0xDC00
        raise line.wrong(line.text.index(wrong), f"byte 0x{byte:02x} is not UTF-8", "save the file as UTF-8")
