"""`graphc run`: values of any tensor or derivative, from arrays in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..language.errors import GraphcError
from .arrays import read_arrays, write_arrays
from .options import Backend, Json, Model, Out
from .output import answer

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
    program = graphc.compile(requests(net, names), names, backend, [*net.inputs, *net.params])
    given = read_arrays(inputs, [leaf for leaf in (*net.inputs, *net.params) if leaf.name in program.inputs])
    values = dict(zip(names, program(**given), strict=True))
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


def _described(name: str, value: Any, whole: bool) -> dict[str, Any]:
    about = {"name": name, "shape": list(value.shape), "dtype": str(value.dtype)}
    return {**about, "value": value.tolist()} if whole else about


def _text(values: dict[str, Any]) -> str:
    import numpy as np

    written = {name: np.array2string(value, prefix=f"{name} = ", threshold=200) for name, value in values.items()}
    return "\n".join(f"{name} = {text}" for name, text in written.items())
