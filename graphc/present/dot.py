"""The picture in Graphviz's language, with the look of our own drawing, and what the program `dot` makes of it."""

from __future__ import annotations

from typing import Any

from ..language.errors import GraphcError
from .arranged import arranged
from .boxes import LINE, Line, box_lines, carried, text_width
from .curves import curve
from .picture import Box, Picture, shape_text
from .places import Point
from .svg import COLOURS, INKS, clean

MONO, SANS = "DejaVu Sans Mono", "Helvetica"
INK, SOFT, WEIGHTS = INKS["ink"][0], INKS["soft"][0], INKS["weights"][0]
SHAPES = {
    "input": {"shape": "box", "style": "rounded,filled"},
    "equation": {"shape": "box", "style": "rounded,filled"},
    "output": {"shape": "box", "style": "filled", "peripheries": "2"},
    "loss": {"shape": "note", "style": "filled"},
}
ARROW = 7.0  # the length of an arrow's head
FONTS = {"title": (13, INK), "formula": (11, SOFT), "params": (10, WEIGHTS)}


def dot(picture: Picture) -> str:
    """The text of a `.dot` file."""
    source: str = _graph(picture).source
    return source


def drawn_by_dot(picture: Picture, form: str) -> bytes:
    """The picture as png or pdf, by the program `dot`."""
    from graphviz import CalledProcessError, ExecutableNotFound

    try:
        drawn: bytes = _pinned(picture).pipe(format=form, engine="neato", neato_no_op=2, quiet=True)
    except ExecutableNotFound:
        raise GraphcError(
            f"a .{form} picture needs the program `dot`, which is not installed",
            hint="install Graphviz (apt install graphviz, brew install graphviz), or write an .svg: it needs nothing",
        ) from None
    except CalledProcessError as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        raise GraphcError(
            f"the program `dot` could not draw this: {said[0] if said else error}", hint="write an .svg instead"
        ) from None
    return drawn


def _graph(picture: Picture) -> Any:
    """The graph for Graphviz to lay out."""
    graph = _empty(picture)
    for box in picture.boxes:
        _node(graph, box, box_lines(box, carried(picture, box)))
    for edge in picture.edges:
        graph.edge(f"b{edge.source}", f"b{edge.target}", label=_edge_label(shape_text(edge.shape)))
    return graph


def _empty(picture: Picture) -> Any:
    from graphviz import Digraph

    return Digraph(
        "network",
        graph_attr={
            "label": f"<{_font(picture.title, 15, INK, SANS)}>",
            "labelloc": "t",
            "labeljust": "l",
            "rankdir": "TB",
            "nodesep": "0.4",
            "ranksep": "0.35",
            "pad": "0.3",
            "dpi": "144",
            "bgcolor": INKS["paper"][0],
        },
        node_attr={"fontname": MONO, "margin": "0.12,0.06", "penwidth": "1.3"},
        edge_attr={"fontname": MONO, "fontsize": "10", "fontcolor": SOFT, "color": INKS["flow"][0], "arrowsize": "0.7"},
    )


def _pinned(picture: Picture) -> Any:
    """The graph with our own layout: Graphviz puts every box and curve where it is told, y counted upwards."""
    graph = _empty(picture)
    placed = arranged(picture)
    for box, place, lines in zip(picture.boxes, placed.layout.boxes, placed.lines, strict=True):
        inches = {"width": f"{place.width / 72:.3f}", "height": f"{place.height / 72:.3f}", "fixedsize": "true"}
        _node(graph, box, lines, pos=_at((place.x, place.y)), **inches)
    for edge, label, route in zip(picture.edges, placed.labels, placed.layout.routes, strict=True):
        start, *curves = [route.points[0], *curve(route.points, route.over)]
        tip = route.points[-1]
        curves[-1] = (tip[0], tip[1] - ARROW)
        curves[-2] = (curves[-2][0], min(curves[-2][1], tip[1] - ARROW))
        spline = " ".join([f"e,{_at(tip)}", *map(_at, [start, *curves])])
        x, y = route.label
        beside = (x + text_width(label, "label") / 2 + 4, y)
        graph.edge(f"b{edge.source}", f"b{edge.target}", label=_edge_label(label), pos=spline, lp=_at(beside))
    return graph


def _at(point: Point) -> str:
    return f"{point[0]:.2f},{-point[1]:.2f}"


def _node(graph: Any, box: Box, lines: list[Line], **place: str) -> None:
    fill, stroke = COLOURS[box.kind][:2]
    graph.node(f"b{box.key}", f"<{_label(box, lines)}>", fillcolor=fill, color=stroke, **SHAPES[box.kind], **place)


def _edge_label(label: str) -> str:
    return f"<{_font(f' {label} ', 10, SOFT)}>" if label else ""


def _label(box: Box, lines: list[Line]) -> str:
    """A table, as Graphviz's labels have them: a row a line."""
    rows = []
    for line in lines:
        if line.kind == "rule":
            rows.append('<TR><TD HEIGHT="5"></TD></TR><HR/><TR><TD HEIGHT="5"></TD></TR>')
            continue
        times = _font(f" {line.times}", 13, WEIGHTS) if line.times else ""
        tag = f'</TD><TD ALIGN="RIGHT">{_font("  " + line.tag, 10, SOFT)}' if line.tag else ""
        span = "" if tag else ' COLSPAN="2"'
        text = _font(line.text, *FONTS[line.kind])
        text = f"<B>{text}</B>" if line.kind == "title" else text
        height = round(LINE[line.kind])
        rows.append(f'<TR><TD ALIGN="LEFT" HEIGHT="{height}"{span}>{text}{times}{tag}</TD></TR>')
    if box.repeat > 1:
        rows.insert(0, f'<TR><TD ALIGN="RIGHT" COLSPAN="2">{_font(f"×{box.repeat}", 13, WEIGHTS)}</TD></TR>')
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>'


def _font(text: str, size: int, colour: str, face: str = MONO) -> str:
    written = clean(text).replace(" ", "&#160;")
    return f'<FONT FACE="{face}" POINT-SIZE="{size}" COLOR="{colour}">{written or " "}</FONT>'
