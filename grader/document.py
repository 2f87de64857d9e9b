"""A TOML file that knows where its keys stand, so that whatever is wrong in it is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import graphc as gc

MOST = 1024 * 1024  # bytes
HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]")
PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class Document:
    """The text of a file and what it says."""

    file: Path
    text: str
    data: Mapping[str, Any]

    def error(self, message: str, key: str = "", table: str = "", number: int = 0, hint: str | None = None) -> Any:
        """An error at a key of the file, or of the `number`th of the tables that are called `[[table]]`."""
        error = gc.GraphcError(message, hint)
        error.file = str(self.file)
        found = _line_of(self.text, key, table, number)
        if found is not None:
            _put(error, self.text, found, 1)
        return error


def read(file: Path) -> Document:
    """The file, or an error that says why it cannot be read and where."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST + 1)
        if len(data) > MOST:
            raise _fault(file, "larger than 1 MB")
        text = data.decode("utf-8-sig")
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise _fault(file, "there is no such file" if missing else error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _fault(file, "this is not UTF-8") from None
    try:
        return Document(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _misread(file, text, str(error)) from None
    except RecursionError:
        raise _fault(file, "it is nested too deeply") from None


def _fault(file: Path, message: str) -> gc.GraphcError:
    error = gc.GraphcError(message)
    error.file = str(file)
    return error


def _misread(file: Path, text: str, message: str) -> gc.GraphcError:
    place = PLACE.search(message)
    said = PLACE.sub("", message)
    error = _fault(file, said[:1].lower() + said[1:])
    if place is not None:
        lines = text.splitlines() or [""]
        line, column = (int(place[1]), int(place[2])) if place[1] else (len(lines), len(lines[-1]) + 1)
        _put(error, text, min(line, len(lines)), column)
    return error


def _put(error: gc.GraphcError, text: str, line: int, column: int) -> None:
    error.line, error.column, error.source_line = line, column, text.splitlines()[line - 1]


def _line_of(text: str, key: str, table: str, number: int) -> int | None:
    """The line of a key, else of the header of its table."""
    head, inside, seen = None, not table, -1
    for place, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        if header is not None:
            seen += header[1] == table
            inside = bool(table) and header[1] == table and seen == number
            head = place if inside else head
        elif inside and key and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
            return place
    return head
