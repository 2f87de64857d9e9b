"""The layer table as lines for a terminal, in two forms: formulas in a column or, where that is too narrow, below.

Each line is a list of pieces with the style that each has on a screen that shows one.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from .boxes import columns, wrapped
from .layers import Shape
from .table import Count, Row, Table

BETWEEN = "  "
LONGEST_NAME, NARROWEST, MOST = 32, 30, 6  # columns of a name and of formulas; lines of a formula
NOTE = "A link is one read of a parameter, for one example."
STYLES = {"name": "bold", "formula": "", "shape": "", "parameters": "magenta", "links": "cyan"}
MARKED = ("input", "param", "const", "output", "loss")


class Piece(NamedTuple):
    """A piece of a line and its style, in rich's words."""

    text: str
    style: str = ""


Line = list[Piece]


def table_lines(table: Table, width: int) -> list[Line]:
    """Title, head, rows and totals, no line wider than `width`, if there is any room at all."""
    rows = [_cells(row) for row in table.rows]
    heads = dict(zip(STYLES, STYLES, strict=True))
    total = dict.fromkeys(STYLES, "") | {"name": "total"}
    total |= {"parameters": count(table.params) or "0", "links": count(table.links) or "0"}
    widths = {name: max(columns(row[name]) for row in [heads, *rows, total]) for name in STYLES}
    names, room = _columns(widths, width)
    widths["formula"] = room
    full = sum(widths[name] for name in names) + len(BETWEEN) * (len(names) - 1)
    lines = [[Piece(line, "bold")] for line in wrap(visible(table.title), max(20, width))]
    lines += [[], _line(heads, names, widths, "dim"), [Piece("─" * min(full, width), "dim")]]
    for row in rows:
        beside = "formula" in names
        first, *more = wrapped(row["formula"], room, MOST) if beside and row["formula"] else [""]
        lines.append(_line(row | {"formula": first}, names, widths))
        lines += [[Piece(" " * (widths["name"] + len(BETWEEN)) + line)] for line in more]
        if not beside and row["formula"]:
            lines += [[Piece(f"    {line}")] for line in wrapped(f"= {row['formula']}", width - 4, MOST)]
    lines += [[Piece("─" * min(full, width), "dim")], _line(total, names, widths, "bold"), []]
    return lines + [[Piece(line, "dim")] for line in wrap(NOTE, max(20, width))]


def _columns(widths: dict[str, int], width: int) -> tuple[list[str], int]:
    """The columns that fit, and how wide the formulas may be: they get what the others leave, if that is enough."""
    left = width - sum(widths[name] + len(BETWEEN) for name in STYLES if name != "formula")
    room = min(widths["formula"], left)
    beside = room >= min(widths["formula"], NARROWEST)
    return [name for name in STYLES if beside or name != "formula"], max(room, 1)


def _cells(row: Row) -> dict[str, str]:
    """As the language has it: `input x`, `output y`; a given tensor has no formula."""
    mark = f"{row.kind} " if row.kind in MARKED else ""
    return {
        "name": _cut(mark + row.left),
        "formula": "" if row.kind in ("input", "param") else " ".join(row.formula.split()),
        "shape": shape_text(row.shape),
        "parameters": count(row.params),
        "links": count(row.links),
    }


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _line(cells: dict[str, str], names: Sequence[str], widths: dict[str, int], style: str | None = None) -> Line:
    line: Line = []
    for name in names:
        blanks = " " * (widths[name] - columns(cells[name]))
        right = name in ("parameters", "links")
        written = blanks + cells[name] if right else cells[name] + ("" if name == names[-1] else blanks)
        line += [Piece(written, STYLES[name] if style is None else style), Piece(BETWEEN)]
    return line[:-1]


def shape_text(shape: Shape) -> str:
    """`n × 6 × 28 × 28`; a number alone is a scalar."""
    return " × ".join(f"({size})" if " " in str(size) else str(size) for size in shape) or "scalar"


def count(number: Count) -> str:
    """`61,706`; nothing for 0, which is most of a table."""
    return f"{number:,}" if isinstance(number, int) and number else str(number or "")


def visible(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
