"""`graphc predict`: what a run says of examples."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..language.errors import GraphcError
from .arrays import write_arrays
from .evaluating import RunFolder, part_of
from .options import Json
from .output import answer, write
from .training import Data

if TYPE_CHECKING:
    import numpy as np

Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Write them to FILE: .csv, .npz or .npy.", show_default=False),
]


def predict(run: RunFolder, data: Data, json: Json = False, out: Out = None) -> None:
    """The outputs of a run for each example.

    Data may lack the targets.

    Of data that hold a part out, as the made sets do, it is that part.

    Example: graphc predict runs/spiral --data points.csv -o predicted.csv
    """
    from ..learn.evaluation import predictions
    from ..learn.run import Run

    opened = Run.open(run)
    feed = part_of(opened.feed(data, targets=False))
    found = predictions(opened.settled, opened.known, feed)
    parts = {one.output: one.classes for one in opened.answers}
    named = {one.output: one.named(found[one.output]) for one in opened.answers}
    classes = {output: names for output, names in named.items() if names is not None}
    if out is not None:
        _write(out, found, classes, parts)
    about = {
        "schema": "graphc/predict/1",
        "run": str(run),
        "data": data,
        "rows": len(feed),
        "file": None if out is None else str(out),
        **({"outputs": {n: a.tolist() for n, a in found.items()}, "classes": classes} if out is None else {}),
    }
    if json or out is None:
        answer(lambda: _csv(found, classes, parts), lambda: about, json, None)


def _write(
    file: Path,
    found: Mapping[str, np.ndarray],
    classes: Mapping[str, list[str]],
    parts: Mapping[str, Sequence[str]],
) -> None:
    kind = file.suffix.lower()
    if kind == ".npz":
        write_arrays(file, dict(found))
    elif kind == ".npy":
        if len(found) > 1:
            raise GraphcError(f"an .npy file has room for one array, and there are {', '.join(found)}", "use .npz")
        write(file, _npy(next(iter(found.values()))))
    elif kind in (".csv", ".txt", ""):
        write(file, _csv(found, classes, parts))
    else:
        raise GraphcError(f"{file}: predictions are written as .csv, .npz or .npy, not as {kind}")


def _npy(array: np.ndarray) -> bytes:
    import numpy as np

    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    return content.getvalue()


def _csv(found: Mapping[str, np.ndarray], classes: Mapping[str, list[str]], parts: Mapping[str, Sequence[str]]) -> str:
    """A row an example: every element of every output, called after its class where it has one, and the class meant."""
    columns: dict[str, Any] = {}
    for name, array in found.items():
        flat = array.reshape(len(array), -1)
        width, named = flat.shape[1], parts.get(name, ())
        each = named if len(named) == width else list(map(str, range(width)))
        for k in range(width):
            columns[name if width == 1 else f"{name}[{each[k]}]"] = flat[:, k].tolist()
        if name in classes:
            columns["class" if len(classes) == 1 else f"{name}_class"] = classes[name]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()
