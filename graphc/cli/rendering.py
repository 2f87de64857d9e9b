"""`graphc render`: the graph as a picture."""

from __future__ import annotations

from typing import Any

from ..language.errors import GraphcError
from .options import Json, Model, Out
from .output import answer, write


def render(model: Model, json: Json = False, out: Out = None) -> None:
    """The graph as a picture.

    It is .svg, .png, .pdf, .dot or .html by the ending of FILE.

    Layers are framed, repeats are folded, and shapes stand on the edges. .svg, .html and .dot need nothing installed.

    Example: graphc render mlp -o mlp.svg
    """
    from ..present.files import ENDINGS, draw
    from ..present.picture import picture
    from .loading import load

    ending = ".svg" if out is None else out.suffix.lower()
    if ending not in ENDINGS:
        raise GraphcError(f"no picture has the ending `{ending}`", hint=f"endings are {' '.join(ENDINGS)}")
    drawn = picture(load(model))
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
