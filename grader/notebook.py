"""A notebook as one Python file: its code cells in order, each statement on its own.

A statement that fails, a plot or a download, is no obstacle to the functions that others define. What a cell defines
stands in lines of its own, so that a message can name the cell and its line.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PYTHON_CELLS = ("%%time", "%%timeit", "%%capture", "%%prun")
MAGIC = re.compile(r"\s*([%!?]|\w[\w.]*\?\??\s*$|[\w, ]+=\s*[%!])")
RUNNER = '''\
def _run(cells):
    """Each statement of each cell; what fails is left behind."""
    import ast, sys

    file = sys._getframe().f_code.co_filename
    for first, source in cells:
        try:
            body = ast.parse(source).body
        except BaseException:
            continue
        for statement in body:
            ast.increment_lineno(statement, first - 1)
            try:
                exec(compile(ast.Module([statement], []), file, "exec"), globals())
            except BaseException:
                pass


_run({cells!r})
del _run
'''


class Unreadable(Exception):
    """A notebook that is none; the text says why."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its number among all cells from 1, its text, and the line that its first one counts as."""

    number: int
    text: str
    first: int

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Notebook:
    """The code cells of a notebook."""

    cells: tuple[Cell, ...]

    def program(self) -> str:
        """A Python text that does what the cells do."""
        return RUNNER.replace("{cells!r}", repr([(cell.first, cell.text) for cell in self.cells]))

    def place(self, line: int) -> str:
        """`cell 3, line 2` for a line of the program."""
        for cell in self.cells:
            if cell.first <= line < cell.first + cell.lines:
                return f"cell {cell.number}, line {line - cell.first + 1}"
        return f"line {line}"

    def unread(self) -> str | None:
        """The first cell that is no Python, and why."""
        for cell in self.cells:
            why = _fault(cell.text)
            if why:
                return f"cell {cell.number} cannot be read, {why}"
        return None

    def listing(self) -> str:
        """The cells one after the other, those left out that are no Python: for reading, not for running."""
        return "\n".join(cell.text for cell in self.cells if _parses(cell.text))


def read(data: bytes) -> Notebook:
    """The notebook in a file's bytes; `Unreadable` where there is none."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("the notebook is not UTF-8") from None
    except RecursionError:
        raise Unreadable("the notebook is nested too deeply") from None
    except ValueError as error:
        raise Unreadable(f"the notebook is no JSON: {str(error)[:100]}") from None
    cells, first = [], 1
    for number, text in _code_cells(content):
        cells.append(Cell(number, _python(text), first))
        first += cells[-1].lines
    if not cells:
        raise Unreadable("the notebook has no code cells")
    return Notebook(tuple(cells))


def _code_cells(content: Any) -> Iterator[tuple[int, str]]:
    if not isinstance(content, dict):
        raise Unreadable("this is no notebook: its JSON is no object")
    cells = content.get("cells")
    if cells is None and isinstance(content.get("worksheets"), list):  # as they were before 2014
        cells = [
            cell for sheet in content["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or []
        ]
    if not isinstance(cells, list):
        raise Unreadable("this is no notebook: it has no list of cells")
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            parts: list[Any] = source if isinstance(source, list) else [source]
            if all(isinstance(part, str) for part in parts):
                yield number, "".join(parts)


def _python(text: str) -> str:
    """A cell without what only a notebook understands; its lines keep their numbers."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n")
    if lines[0].startswith("%%"):
        lines[0] = ""
        if not text.startswith(PYTHON_CELLS):
            return "\n" * (len(lines) - 1)
    if not _parses("\n".join(lines)):  # a line may start with % inside brackets or a text
        lines = [_without(line) for line in lines]
    return "\n".join(lines)


def _without(line: str) -> str:
    """Nothing of a magic but its indent, with `pass` where a block may consist of it."""
    if MAGIC.match(line) is None:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return indent + "pass"


def _parses(text: str) -> bool:
    return _fault(text) is None


def _fault(text: str) -> str | None:
    """Why a text is no Python."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError):
        return "it is nested too deeply"
    return None
