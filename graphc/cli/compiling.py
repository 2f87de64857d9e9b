"""`graphc compile`: the program that a network becomes, readable and standing alone."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .options import Backend, Json, Model, Out
from .output import answer, write

Of = Annotated[
    list[str] | None,
    typer.Option(
        "--of",
        metavar="NAMES",
        help="What the program computes: y,L,dL/dw.",
        show_default="outputs, loss and its gradient in every parameter",
    ),
]


def compile_model(model: Model, of: Of = None, backend: Backend = "numpy", json: Json = False, out: Out = None) -> None:
    """The emitted program, readable, standing alone.

    Example: graphc compile logistic -o logistic.py
    """
    import graphc

    from ..calculus.request import requests
    from .loading import load, split_names

    net = load(model)
    names = split_names(of or []) or whole_step(net)
    program = graphc.compile(requests(net, names), names, backend, [*net.inputs, *net.params])
    if out is not None:
        write(out, program.source)
    data: dict[str, Any] = {
        "schema": "graphc/compile/1",
        "model": model,
        "backend": backend,
        "of": names,
        "file": None if out is None else str(out),
        "source": program.source,
    }
    if json or out is None:
        answer(lambda: program.source, lambda: data, json, None)


def whole_step(net: Any) -> list[str]:
    """What one step of training needs: outputs, loss, and the loss differentiated in every parameter it reads."""
    from ..graph.node import order
    from .running import outcomes

    names = outcomes(net)
    if net.loss is None:
        return names
    used = set(order([net.loss]))
    return names + [f"d{net.loss.name}/d{param.name}" for param in net.params if param in used]
