"""`graphc derive`: the derivation of a gradient, step by step."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..language.errors import GraphcError
from .options import Json, Model, Out
from .output import encode, write

if TYPE_CHECKING:
    from ..derivation.step import Derivation
    from ..graph.node import Node

Form = Literal["text", "markdown", "latex", "html", "json"]
Zoom = Literal["graph", "index", "scalar"]
UNDECIDED = 4  # the exit code where a step is not confirmed
# what a file is by its ending, where --format does not say
ENDINGS: dict[str, Form] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
}

Of = Annotated[
    str | None, typer.Option("--of", metavar="L", help="What is differentiated.", show_default="the model's loss")
]
Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="W", help="By what; may stand several times.", show_default="every parameter"),
]


def derive(
    model: Model,
    of: Of = None,
    wrt: Wrt = None,
    zoom: Annotated[Zoom, typer.Option(help="How far the steps are unfolded.")] = "graph",
    form: Annotated[
        Form | None, typer.Option("--format", help="What it is written as.", show_default="by FILE's ending, or text")
    ] = None,
    json: Json = False,
    out: Out = None,
) -> None:
    """The derivation of a gradient, step by step.

    Each step says what became what, by which rule, and why; each was checked when it was made.

    Exit code 4 says that a step could not be confirmed; the text marks it with ✗.

    Zoom `graph` goes from tensor to tensor; `index` unfolds sums and deltas; `scalar` each function's slope.

    Example: graphc derive logistic --wrt w
    """
    from .loading import load

    form = "json" if json else form or ENDINGS.get("" if out is None else out.suffix.lower(), "text")
    with kept():
        net = load(model)
        target, variables = asked(net, of, wrt)
        with progress(f"deriving {model} …"):
            derivation = _derived(net, target, variables)
        written = rendered(derivation, form, zoom, screen=out is None)
    if out is not None:
        write(out, written)
    if json or out is None:
        sys.stdout.write(_for_stdout(written) if form == "json" else written)
    if not derivation.confirmed:
        raise typer.Exit(UNDECIDED)


def asked(net: Any, of: str | None, wrt: list[str] | None) -> tuple[Node, list[Node]]:
    """The tensor that is differentiated and those by which, from their names; by default the loss, and its
    parameters or, where it has none, its inputs."""
    from ..graph.node import order
    from .loading import split_names

    target = net.loss if of is None else net[of.strip()]
    if target is None:
        raise GraphcError("nothing is marked `loss`", hint="say what to differentiate with --of NAME")
    named = [net[name] for name in split_names(wrt or [])]
    for node in named:
        if node.integer:
            raise GraphcError(f"`{node.name}` cannot be differentiated by: it holds integers")
    if named:
        return target, named
    used = set(order([target]))
    for leaves in (net.params, net.inputs):
        found = [leaf for leaf in leaves if leaf in used and not leaf.integer]
        if found:
            return target, found
    raise GraphcError(f"`{target.name}` depends on nothing that can be differentiated by")


def _derived(net: Any, target: Node, variables: list[Node]) -> Derivation:
    from ..derivation.derive import derive as derivation_of

    return derivation_of(target, variables, net)


def rendered(derivation: Derivation, form: Form, zoom: Zoom, screen: bool = False) -> str:
    """The derivation written in a form, ending in a line end; text for a `screen` is coloured."""
    written: str = import_module(f"graphc.present.derived.{form}").render(derivation, zoom)
    if screen and form == "text" and sys.stdout.isatty():
        from ..present.coloured import coloured
        from .showing import written as on_screen

        return on_screen(coloured(written, derivation), colour=True) + "\n"
    return written if written.endswith("\n") else written + "\n"


def _for_stdout(written: str) -> str:
    """JSON stays JSON where stdout cannot take every letter."""
    from json import loads

    if (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8":
        return written
    return encode(loads(written)) + "\n"


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Nearly all that is made here stays to the end; to look for the rest is to look through all of SymPy."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def progress(what: str) -> Iterator[None]:
    """Says on stderr what is going on, while it does; only to a terminal."""
    shown = sys.stderr.isatty()
    if shown:
        sys.stderr.write(what)
        sys.stderr.flush()
    try:
        yield
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
