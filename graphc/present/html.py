"""The picture as one page: the drawing, which scrolls where it is large, and the layer table under it.

It loads nothing and runs nothing, and is light or dark as the reader's system is.
"""

from __future__ import annotations

from .picture import Picture, shape_text
from .svg import COLOURS, INKS, SANS, clean, style, svg
from .table import Count, Row

FIRST, SECOND = (
    f"--ink: {INKS['ink'][dark]}; --soft: {INKS['soft'][dark]}; --paper: {INKS['paper'][dark]}; "
    f"--line: {COLOURS['equation'][2 * dark]};"
    for dark in (0, 1)
)
PAGE = f"""
:root {{ color-scheme: light dark; {FIRST} }}
@media (prefers-color-scheme: dark) {{ :root {{ {SECOND} }} }}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 {SANS} }}
main {{ max-width: 1100px; margin: 0 auto; padding: 12px 20px 48px }}
figure {{ margin: 0 0 28px; overflow: auto }}
figure svg {{ display: block; margin: 0 auto }}
table {{ border-collapse: collapse; width: 100% }}
th {{ text-align: left; color: var(--soft); font-weight: 600 }}
th, td {{ padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top }}
tfoot td {{ border: 0; font-weight: 600 }}
td.number, th.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }}
td.given {{ color: var(--soft) }}
td.shape {{ white-space: nowrap }}
code {{ font: 13px "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere }}
p {{ color: var(--soft) }}
"""
HEAD = "<th>name</th><th>formula</th><th>shape</th>" + "".join(
    f'<th class="number">{count}</th>' for count in ("parameters", "links")
)


def html(picture: Picture) -> str:
    """The whole page."""
    title = clean(picture.title)
    table = picture.table
    rows = "\n".join(map(_row, table.rows))
    total = f'<td class="number">{_count(table.params) or 0}</td><td class="number">{_count(table.links) or 0}</td>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{PAGE}{style()}</style>
</head>
<body>
<main>
<figure>
{svg(picture, alone=False)}</figure>
<table>
<thead><tr>{HEAD}</tr></thead>
<tbody>
{rows}
</tbody>
<tfoot><tr><td colspan="3">total</td>{total}</tr></tfoot>
</table>
<p>A link is one read of a parameter in computing an output, for one example.</p>
</main>
</body>
</html>
"""


def _row(row: Row) -> str:

    cells = [
        f"<td><code>{clean(row.left)}</code></td>",
        f"<td{' class=given' if row.kind in ('input', 'param') else ''}><code>{clean(row.formula)}</code></td>",
        f'<td class="shape"><code>{clean(shape_text(row.shape)) or "scalar"}</code></td>',
        f'<td class="number">{_count(row.params)}</td>',
        f'<td class="number">{_count(row.links)}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _count(number: Count) -> str:
    return f"{number:,}" if isinstance(number, int) and number else clean(str(number or ""))
