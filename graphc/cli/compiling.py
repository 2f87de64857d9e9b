"""`graphc compile`: the program that a network becomes, readable and standing alone."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..language.errors import GraphcError
from .options import Backend, Json, Model, Out
from .output import answer, write

Of = Annotated[
    list[str] | None,
    typer.Option(
        "--of",
        metavar="NAMES",
        help="What the program computes: y,L,dL/dw; or `step`, a whole step of training with its update.",
        show_default="outputs, loss and its gradient in every parameter",
    ),
]

Optimizer = Annotated[str, typer.Option("--optimizer", metavar="NAME", help="What updates the parameters in `step`.")]


def compile_model(
    model: Model,
    of: Of = None,
    backend: Backend = "numpy",
    optimizer: Optimizer = "adam",
    json: Json = False,
    out: Out = None,
) -> None:
    """The emitted program, readable, standing alone.

    Example: graphc compile logistic -o logistic.py

    Example: graphc compile lenet5 --of step --optimizer adam -o step.py
    """
    from .loading import load, split_names, tell_misfits

    net = load(model)
    tell_misfits(net)
    names = split_names(of or []) or whole_step(net)
    if names == ["step"] and "step" not in net:
        source = training_step(net, optimizer, backend)
    else:
        source = program(net, names, backend)
    if out is not None:
        write(out, source)
    data: dict[str, Any] = {
        "schema": "graphc/compile/1",
        "model": model,
        "backend": backend,
        "of": names,
        "file": None if out is None else str(out),
        "source": source,
    }
    if json or out is None:
        answer(lambda: source, lambda: data, json, None)


def program(net: Any, names: list[str], backend: str) -> str:
    import graphc

    from ..calculus.request import requests

    return graphc.compile(requests(net, names), names, backend, [*net.inputs, *net.params]).source


def training_step(net: Any, optimizer: str, backend: str) -> str:
    from ..learn.step import training_source

    if backend != "numpy":
        raise GraphcError(f"a step of training is not emitted for {backend}", "--backend numpy")
    return training_source(net, optimizer=optimizer)


def whole_step(net: Any) -> list[str]:
    """What one step of training needs: outputs, loss, and the loss differentiated in every parameter it reads."""
    from ..graph.node import order
    from .running import outcomes

    names = outcomes(net)
    if net.loss is None:
        return names
    used = set(order([net.loss]))
    return names + [f"d{net.loss.name}/d{param.name}" for param in net.params if param in used]
