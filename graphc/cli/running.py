"""`graphc run`: values of any tensor or derivative, from arrays in a file."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..language.errors import GraphcError, did_you_mean
from .options import Backend, Json, Model, Out
from .output import answer, cannot

if TYPE_CHECKING:
    import numpy as np

Inputs = Annotated[
    Path | None,
    typer.Option("--inputs", metavar="IN.npz", help="Inputs and parameters by name.", show_default=False),
]
Of = Annotated[
    list[str] | None,
    typer.Option("--of", metavar="NAMES", help="What to compute: y,L,dL/dw.", show_default="outputs and loss"),
]


def run(
    model: Model, inputs: Inputs = None, of: Of = None, backend: Backend = "numpy", json: Json = False, out: Out = None
) -> None:
    """Values of any node or derivative.

    Example: graphc run logistic --inputs in.npz --of y,L,dL/dw -o out.npz
    """
    import graphc

    from ..calculus.request import requests
    from .loading import load, split_names

    net = load(model)
    names = split_names(of or []) or outcomes(net)
    given = read_arrays(inputs) if inputs else {}
    program = graphc.compile(requests(net, names), names, backend, [*net.inputs, *net.params])
    values = dict(zip(names, program(**chosen(given, program.inputs, inputs)), strict=True))
    if out is not None:
        write_arrays(out, values)
    data = {
        "schema": "graphc/run/1",
        "model": model,
        "backend": backend,
        "file": None if out is None else str(out),
        "values": [_described(name, value, whole=out is None) for name, value in values.items()],
    }
    if json or out is None:
        answer(lambda: _text(values), lambda: data, json, None)


def outcomes(net: Any) -> list[str]:
    """What a person most likely wants of a net: its outputs, then its loss."""
    nodes = [*net.outputs, *([net.loss] if net.loss is not None else [])]
    if not nodes:
        raise GraphcError("nothing is marked `output` or `loss`", hint="say what to compute with --of NAME")
    return list(dict.fromkeys(node.name for node in nodes))


def chosen(given: dict[str, np.ndarray], wanted: Sequence[str], file: Path | None) -> dict[str, np.ndarray]:
    """The arrays that are wanted. One that is missing, or that has a NaN in it, is said and not computed with."""
    import numpy as np

    for name in wanted:
        if name not in given:
            where = f"{file} has no array `{name}`" if file else f"an array `{name}` is needed"
            near = did_you_mean(name, [other for other in given if other not in wanted])
            raise GraphcError(where, near or f"--inputs FILE.npz with the arrays {', '.join(wanted)}")
        if given[name].dtype.kind == "f" and np.isnan(given[name]).any():
            place = ", ".join(map(str, np.argwhere(np.isnan(given[name]))[0]))
            raise GraphcError(f"`{name}` in {file} is NaN" + (f" at [{place}]" if place else ""))
    return {name: given[name] for name in wanted}


def read_arrays(file: Path) -> dict[str, np.ndarray]:
    """The numeric arrays of an .npz file; nothing in it is run."""
    import numpy as np

    try:
        archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise GraphcError(f"{file} holds one array, not arrays by name", hint="write it with numpy.savez")
        with archive:
            arrays = {name: np.asanyarray(archive[name]) for name in archive.files}
    except OSError as error:
        raise cannot("read", file, error) from None
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise GraphcError(f"{file} is not an .npz file of numeric arrays: {error}") from None
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise GraphcError(f"`{name}` in {file} is of type {array.dtype}, not of numbers")
    return arrays


def write_arrays(file: Path, values: dict[str, np.ndarray]) -> None:
    """An .npz file whose keys are the names as asked; `numpy.savez` would not take a key such as `file`."""
    import numpy as np

    try:
        with zipfile.ZipFile(file, "w") as archive:
            for name, value in values.items():
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, np.asanyarray(value), allow_pickle=False)
    except OSError as error:
        raise cannot("write", file, error) from None


def _described(name: str, value: Any, whole: bool) -> dict[str, Any]:
    about = {"name": name, "shape": list(value.shape), "dtype": str(value.dtype)}
    return {**about, "value": value.tolist()} if whole else about


def _text(values: dict[str, Any]) -> str:
    import numpy as np

    written = {name: np.array2string(value, prefix=f"{name} = ", threshold=200) for name, value in values.items()}
    return "\n".join(f"{name} = {text}" for name, text in written.items())
