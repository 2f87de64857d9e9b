"""The one table, in Markdown, so that it can be read in a terminal and kept in results/ as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .contestants import CONTESTANTS


@dataclass(frozen=True)
class Row:
    """What was measured, a cell a contestant, and what was aimed at."""

    case: str
    cells: dict[str, str] = field(default_factory=dict)
    ratio: str = ""
    target: str = ""


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale or unit == "µs":
            return f"{float(f'{seconds / scale:.3g}'):g} {unit}"
    raise AssertionError("the last unit takes every duration")


def show(rows: list[Row], columns: Iterable[str] = CONTESTANTS) -> str:
    """Aligned columns."""
    lines = [["case", *columns, "ratio", "target"]]
    lines += [[row.case, *(row.cells.get(name, "") for name in columns), row.ratio, row.target] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)
