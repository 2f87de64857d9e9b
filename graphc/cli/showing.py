"""`graphc show`: the layer table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .options import Json, Model, Out
from .output import answer, console, plain

if TYPE_CHECKING:
    from ..present.table import Table
    from ..present.terminal import Line


def show(model: Model, json: Json = False, out: Out = None) -> None:
    """The layer table: name, formula, shape, parameters, links.

    A link is one read of a parameter in computing an output, for one example.

    Example: graphc show lenet5
    """
    from ..present.table import layer_table
    from .loading import load

    table = layer_table(load(model))
    answer(lambda: _text(table, out), lambda: _data(model, table), json, out)


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


def _text(table: Table, out: Path | None) -> str:
    from ..present.terminal import table_lines

    return written(table_lines(table, console().width), colour=out is None)


def written(lines: Sequence[Line], colour: bool) -> str:
    """Lines as text; where `colour` is wanted and stdout is a terminal, with it."""
    if not (colour and sys.stdout.isatty()):
        return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in lines)
    from rich.text import Text

    whole = Text("\n").join(Text.assemble(*line) for line in lines)
    whole.no_wrap, whole.overflow = True, "ignore"
    return plain(whole)
