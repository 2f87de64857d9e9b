"""A picture with everything in its place: what is written in each box, and where boxes, edges and labels stand."""

from __future__ import annotations

from dataclasses import dataclass

from .boxes import GRID, SIZE, Line, box_lines, box_size, carried, text_width
from .layout import Layout, layout
from .picture import Edge, Picture, shape_text

SLANT = 8.0  # how much further in the text of a hexagon starts


@dataclass(frozen=True)
class Arranged:
    """Lines, places, labels and routes, in the order of the picture's boxes and edges."""

    lines: list[list[Line]]
    labels: list[str]
    layout: Layout


def arranged(picture: Picture) -> Arranged:
    """The picture laid out."""
    lines = [box_lines(box, carried(picture, box)) for box in picture.boxes]
    sizes = []
    for box, written in zip(picture.boxes, lines, strict=True):
        width, height = box_size(written, box.repeat)
        if box.kind == "param":
            width = max(width, GRID * 2 * sum(edge.source == box.key for edge in picture.edges))
        sizes.append((width + (2 * SLANT if box.kind == "loss" else 0), height))
    labels = [edge_label(picture, edge) for edge in picture.edges]
    room = [label_size(picture, label) for label in labels]
    return Arranged(lines, labels, layout(sizes, [(edge.source, edge.target) for edge in picture.edges], room))


def edge_label(picture: Picture, edge: Edge) -> str:
    """What stands on an edge: the shape of what it carries or, where derivatives flow back, the one along it."""
    return edge.slope if picture.backward else shape_text(edge.shape)


def label_size(picture: Picture, label: str) -> tuple[float, float]:
    """How much room a label takes, a margin beside it included."""
    kind = label_kind(picture)
    lines = label.split("\n") if label else []
    return max((text_width(line, kind) for line in lines), default=0.0) + 8, (SIZE[kind] + 4) * len(lines)


def label_kind(picture: Picture) -> str:
    return "slope" if picture.backward else "label"
