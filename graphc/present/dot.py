"""The picture in Graphviz's language, with the look of our own drawing, and what the program `dot` makes of it."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from ..language.errors import GraphcError
from .arranged import arranged, edge_label, label_kind
from .boxes import LINE, Line, box_lines, carried, text_width
from .curves import beside, curve
from .layout import Route
from .picture import Box, Edge, Picture
from .places import Point
from .svg import APART, COLOURS, INKS, clean

MONO, SANS = "DejaVu Sans Mono", "Helvetica"
INK, SOFT, WEIGHTS, BACK = INKS["ink"][0], INKS["soft"][0], INKS["weights"][0], INKS["back"][0]
SHAPES = {
    "input": {"shape": "box", "style": "rounded,filled"},
    "param": {"shape": "box", "style": "rounded,filled"},
    "equation": {"shape": "box", "style": "rounded,filled"},
    "output": {"shape": "box", "style": "filled", "peripheries": "2"},
    "loss": {"shape": "note", "style": "filled"},
}
ARROW = 7.0  # the length of an arrow's head
FONTS = {"title": (13, INK), "formula": (11, SOFT), "params": (10, WEIGHTS), "slope": (10, BACK), "adjoint": (12, BACK)}
PEN = {"target": "3", "path": "2"}
QUIET = 0.5  # how much of its colour what is quiet keeps


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
        label = _edge_label(edge_label(picture, edge), picture)
        graph.edge(f"b{edge.source}", f"b{edge.target}", label="" if edge.slope else label, **_ink(picture, edge))
        if edge.slope:
            graph.edge(f"b{edge.target}", f"b{edge.source}", label=label, constraint="false", **BACKWARD)
    return graph


def _empty(picture: Picture) -> Any:
    from graphviz import Digraph

    return Digraph(
        "network",
        graph_attr={
            "label": f"<{_heading(picture)}>",
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


def _heading(picture: Picture) -> str:
    """The title and, where derivatives flow back, how to read them."""
    notes = [_font(note, 10, SOFT, SANS) for note in wrap(picture.backward, 64)]
    title = _font(picture.title, 15, INK, SANS)
    return '<BR ALIGN="LEFT"/>'.join([title, *notes, ""]) if notes else title


def _pinned(picture: Picture) -> Any:
    """The graph with our own layout: Graphviz puts every box and curve where it is told, y counted upwards."""
    graph = _empty(picture)
    placed = arranged(picture)
    for box, place, lines in zip(picture.boxes, placed.layout.boxes, placed.lines, strict=True):
        inches = {"width": f"{place.width / 72:.3f}", "height": f"{place.height / 72:.3f}", "fixedsize": "true"}
        _node(graph, box, lines, pos=_at((place.x, place.y)), **inches)
    for edge, label, route in zip(picture.edges, placed.labels, placed.layout.routes, strict=True):
        x, y = route.label
        aside = 0.0 if edge.slope else text_width(label, label_kind(picture)) / 2 + 4
        written = {"label": _edge_label(label, picture), "lp": _at((x + aside, y))} if label else {}
        apart = APART if edge.slope else 0.0
        spline = _spline(beside(route.points, -apart, route.over), route, up=False)
        graph.edge(
            f"b{edge.source}", f"b{edge.target}", pos=spline, **_ink(picture, edge), **({} if edge.slope else written)
        )
        if edge.slope:
            back = _spline(beside(route.points, apart, route.over)[::-1], route, up=True)
            graph.edge(f"b{edge.target}", f"b{edge.source}", pos=back, **BACKWARD, **written)
    return graph


BACKWARD = {"color": BACK, "penwidth": "2.2"}


def _ink(picture: Picture, edge: Edge) -> dict[str, str]:
    return {"color": _faint(INKS["flow"][0])} if picture.backward and not edge.slope else {}


def _spline(points: list[Point], route: Route, up: bool) -> str:
    """The curve, with room for the head of its arrow."""
    start, *curves = [points[0], *curve(points, route.over)]
    tip = points[-1]
    end = tip[1] + ARROW if up else tip[1] - ARROW
    curves[-1] = (tip[0], end)
    curves[-2] = (curves[-2][0], max(curves[-2][1], end) if up else min(curves[-2][1], end))
    return " ".join([f"e,{_at(tip)}", *map(_at, [start, *curves])])


def _faint(colour: str) -> str:
    """A colour as it looks where it is quiet, on white."""
    parts = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * QUIET):02x}" for part in parts)


def _at(point: Point) -> str:
    return f"{point[0]:.2f},{-point[1]:.2f}"


def _node(graph: Any, box: Box, lines: list[Line], **place: str) -> None:
    quiet = box.tone == "quiet"
    fill, stroke = (_faint(colour) if quiet else colour for colour in COLOURS[box.kind][:2])
    pen = {"penwidth": PEN[box.tone]} if box.tone in PEN else {}
    label = _label(box, lines, quiet)
    graph.node(f"b{box.key}", f"<{label}>", fillcolor=fill, color=stroke, **pen, **SHAPES[box.kind], **place)


def _edge_label(label: str, picture: Picture) -> str:
    if not label or not picture.backward:
        return f"<{_font(f' {label} ', 10, SOFT)}>" if label else ""
    text = "<BR/>".join(_font(line, 10, BACK) for line in label.split("\n"))
    cell = f"<TD>{text}</TD>"  # it interrupts the two lines that it stands on
    return f'<<TABLE BORDER="0" CELLPADDING="1" BGCOLOR="{INKS["paper"][0]}"><TR>{cell}</TR></TABLE>>'


def _label(box: Box, lines: list[Line], quiet: bool) -> str:
    """A table, as Graphviz's labels have them: a row a line."""

    def font(text: str, size: int, colour: str) -> str:
        return _font(text, size, _faint(colour) if quiet else colour)

    rows = []
    for line in lines:
        if line.kind == "rule":
            rows.append('<TR><TD HEIGHT="5"></TD></TR><HR/><TR><TD HEIGHT="5"></TD></TR>')
            continue
        times = font(f" {line.times}", 13, WEIGHTS) if line.times else ""
        tag = f'</TD><TD ALIGN="RIGHT">{font("  " + line.tag, 10, SOFT)}' if line.tag else ""
        span = "" if tag else ' COLSPAN="2"'
        text = font(line.text, *FONTS[line.kind])
        text = f"<B>{text}</B>" if line.kind == "title" else text
        height = round(LINE[line.kind])
        rows.append(f'<TR><TD ALIGN="LEFT" HEIGHT="{height}"{span}>{text}{times}{tag}</TD></TR>')
    if box.repeat > 1:
        rows.insert(0, f'<TR><TD ALIGN="RIGHT" COLSPAN="2">{font(f"×{box.repeat}", 13, WEIGHTS)}</TD></TR>')
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>'


def _font(text: str, size: int, colour: str, face: str = MONO) -> str:
    written = clean(text).replace(" ", "&#160;")
    return f'<FONT FACE="{face}" POINT-SIZE="{size}" COLOR="{colour}">{written or " "}</FONT>'
