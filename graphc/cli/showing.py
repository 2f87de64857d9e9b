"""`graphc show`: the layer table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .options import Json, Model, Out
from .output import answer, plain

if TYPE_CHECKING:
    from ..present.table import Table


def show(model: Model, json: Json = False, out: Out = None) -> None:
    """The layer table: name, formula, shape, parameters, links; totals.

    A link is one read of a parameter in computing an output, for one example.

    Example: graphc show lenet5
    """
    from ..present.table import layer_table
    from .loading import load

    table = layer_table(load(model))
    answer(lambda: _text(table), lambda: _data(model, table), json, out)


def _data(model: str, table: Table) -> dict[str, Any]:
    return {
        "schema": "graphc/show/1",
        "model": model,
        "title": table.title,
        "nodes": [
            {
                "name": row.name,
                "kind": row.kind,
                "formula": row.formula,
                "shape": list(row.shape),
                "params": row.params,
                "links": row.links,
                "weights": [{"name": weight.name, "shape": list(weight.shape)} for weight in row.weights],
            }
            for row in table.rows
        ],
        "params": table.params,
        "links": table.links,
    }


def _text(table: Table) -> str:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(
        *("name", "formula", "shape"), title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD
    )
    grid.add_column("parameters", justify="right")
    grid.add_column("links", justify="right")
    for row in table.rows:
        formula = Text(row.formula if row.kind not in ("input", "param") else row.kind)
        formula.stylize("dim" if row.kind in ("input", "param") else "")
        grid.add_row(Text(row.left, style="bold"), formula, shape_text(row.shape), count(row.params), count(row.links))
    return plain(grid) + f"\nparameters: {count(table.params) or 0}\nlinks: {count(table.links) or 0}\n"


def shape_text(shape: tuple[int | str, ...]) -> str:
    """`n × 6 × 28 × 28`; a number alone is a scalar."""
    return " × ".join(map(str, shape)) or "scalar"


def count(number: int | str) -> str:
    """`61,706`; nothing for 0, which is most of a table."""
    return f"{number:,}" if isinstance(number, int) and number else str(number or "")
