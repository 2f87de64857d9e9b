"""Lines of the program with their numbers, which the browser writes: they are no part of what is copied."""

from __future__ import annotations

from collections.abc import Iterable

from ..svg import clean


def code(lines: Iterable[tuple[int, str]], prefix: str | None = None) -> str:
    """One list of lines; with a prefix each is a place that links lead to."""
    rows: list[str] = []
    expected = None
    for number, line in lines:
        said = " class=said" if line.lstrip().startswith("#") else ""  # an equation that stands over its lines
        place = "" if prefix is None else f' id="{prefix}line-{number}"'
        jump = f' value="{number}"' if number != expected else ""
        rows.append(f"<li{said}{place}{jump}>{clean(line)}</li>")
        expected = number + 1
    return f'<ol class="code">{"".join(rows)}</ol>' if rows else ""
