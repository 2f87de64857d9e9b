"""`graphc evaluate`: what a run is worth on data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Json, Out
from .output import answer
from .training import Data, counted, metric_lines

if TYPE_CHECKING:
    from ..learn.data.feed import Feed
    from ..learn.metrics import Confusion

RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="A folder that `graphc train` wrote.", show_default=False)
]
WIDEST = 12  # classes whose confusion a terminal shows


def evaluate(
    run: RunFolder,
    data: Data,
    metrics: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="accuracy, top_K, dice, mse, mae.", show_default="those of the run"),
    ] = None,
    json: Json = False,
    out: Out = None,
) -> None:
    """Loss, metrics and confusions of a run.

    Of data that hold a part out, as the made sets do, it is that part that counts; of a file, all of it.

    Example: graphc evaluate runs/spiral --data spiral
    """
    from ..learn.evaluation import Evaluation
    from ..learn.run import Run

    opened = Run.open(run)
    whole = opened.feed(data)
    feed = part_of(whole)
    names = opened.plan.metric_names() if metrics is None else [name for name in metrics.split(",") if name.strip()]
    evaluation = Evaluation(opened.settled, opened.answers, names)
    tables = evaluation.tables()
    found = evaluation(opened.known, feed, tables)
    about = {
        "schema": "graphc/evaluate/1",
        "run": str(run),
        "data": data,
        "part": "held out" if feed is not whole else "all",
        "rows": len(feed),
        "metrics": found,
        "confusion": [
            {"target": t.answer.target, "classes": list(t.classes), "counts": t.counts.tolist()} for t in tables
        ],
    }
    answer(lambda: _text(about, tables), lambda: about, json, out)


def part_of(feed: Feed) -> Feed:
    """What is held out of the data, where something is."""
    return feed if feed.held_out is None else feed.held_out


def _text(about: dict[str, Any], tables: list[Confusion]) -> str:
    which = "held out of" if about["part"] == "held out" else "of"
    lines = [
        f"{about['run']} on {counted(about['rows'], 'example')} {which} {about['data']}",
        "",
        *metric_lines(about["metrics"], 0),
    ]
    for table in tables:
        if len(table.classes) <= WIDEST:
            lines += ["", *_confusion(table)]
    return "\n".join(lines)


def _confusion(table: Confusion) -> list[str]:
    """A row for each right class, a column for each predicted one."""
    classes = [name if len(name) <= 12 else name[:11] + "…" for name in table.classes]
    wide = max(map(len, classes))
    columns = [max(len(name), len(str(most))) for name, most in zip(classes, table.counts.max(axis=0), strict=True)]
    head = "  ".join(f"{name:>{width}}" for name, width in zip(classes, columns, strict=True))
    return [
        f"  `{table.answer.target}` by row, taken for the class of the column:",
        f"  {'':{wide}}  {head}",
        *(
            f"  {name:{wide}}  " + "  ".join(f"{n:>{width}}" for n, width in zip(row, columns, strict=True))
            for name, row in zip(classes, table.counts.tolist(), strict=True)
        ),
    ]
