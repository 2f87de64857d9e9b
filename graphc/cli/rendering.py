"""`graphc render`: the graph as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..language.errors import GraphcError
from .options import Json, Model, Out
from .output import answer, write

if TYPE_CHECKING:
    from ..present.picture import Picture

Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="W", help="Draw how derivatives flow back to W; may stand several times."),
]
Of = Annotated[
    str | None, typer.Option("--of", metavar="L", help="With --wrt: what is differentiated.", show_default="the loss")
]


def render(model: Model, wrt: Wrt = None, of: Of = None, json: Json = False, out: Out = None) -> None:
    """The graph as a picture, forward or backward.

    It is .svg, .png, .pdf, .dot or .html by the ending of FILE.

    Layers are framed, repeats are folded, and shapes stand on the edges. .svg, .html and .dot need nothing installed.

    With --wrt, local derivatives stand on the edges and adjoints in the boxes along the path.

    Example: graphc render mlp -o mlp.svg

    Example: graphc render mlp --wrt W1 -o mlp-backward.svg
    """
    from ..present.files import ENDINGS, draw
    from .loading import load

    ending = ".svg" if out is None else out.suffix.lower()
    if ending not in ENDINGS:
        raise GraphcError(f"no picture has the ending `{ending}`", hint=f"endings are {' '.join(ENDINGS)}")
    drawn = _picture(load(model), of, wrt)
    if out is not None:
        write(out, draw(drawn, ending))
    data: dict[str, Any] = {
        "schema": "graphc/render/1",
        "model": model,
        "file": None if out is None else str(out),
        **drawn.data(),
    }
    if json or out is None:
        answer(lambda: draw(drawn, ending).decode(), lambda: data, json, None)


def _picture(net: Any, of: str | None, wrt: list[str] | None) -> Picture:
    from ..present.backward import backward
    from ..present.backward_flow import flow
    from ..present.picture import picture
    from .deriving import asked

    if not wrt:
        if of is not None:
            raise GraphcError("--of says what is differentiated", hint="say by what with --wrt NAME")
        return picture(net)
    target, variables = asked(net, of, wrt)
    return backward(net, target, variables, flow(net, target, variables))
