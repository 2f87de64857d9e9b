"""What is drawn: boxes of layers and the tensors that flow between them, before anything has a place.

A box is one layer: the tensor that its parameters make and what follows in a line from it, an activation or a pool.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..graph.node import Node
from .layers import Shape, layers
from .repeats import Block, Chip, Item, folded, items
from .table import Table, layer_table

if TYPE_CHECKING:
    from ..graph.network import Network


GIVEN = ("input", "param")  # kinds of boxes that hold what is not computed


@dataclass(frozen=True)
class Part:
    """One tensor inside a box; `repeat` is how often it stands there by itself.

    Where derivatives flow back, `adjoint` is what arrives at it, and `slopes` are those by its neighbours in the box.
    """

    names: tuple[str, ...]
    left: str
    formula: str
    shape: Shape
    chips: tuple[Chip, ...]
    repeat: int
    adjoint: str = ""
    slopes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return joined(self.names)


@dataclass(frozen=True)
class Box:
    """`kind` is input, param, equation, output or loss; `repeat` is how often the whole box stands there.

    Where derivatives flow back, `tone` is path for what they pass, target for where they go, quiet for the rest.
    """

    key: int
    kind: str
    parts: tuple[Part, ...]
    repeat: int
    tone: str = ""


@dataclass(frozen=True)
class Edge:
    """A tensor on its way from the box that makes it to one that reads it.

    Where a derivative flows back along it, `slope` says by what it is multiplied on the way.
    """

    source: int
    target: int
    name: str
    shape: Shape
    slope: str = ""


@dataclass(frozen=True)
class Picture:
    """Boxes in an order in which each comes after what it reads; `backward` if derivatives flow back in it."""

    title: str
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    table: Table = field(repr=False)
    backward: str = ""

    def data(self) -> dict[str, Any]:
        """The picture as JSON."""
        return {
            "title": self.title,
            "nodes": [
                {"id": box.key, "kind": box.kind, "repeat": box.repeat, "parts": [_part_data(p) for p in box.parts]}
                | ({"tone": box.tone} if box.tone else {})
                for box in self.boxes
            ],
            "edges": [
                {"from": edge.source, "to": edge.target, "name": edge.name, "shape": list(edge.shape)}
                | ({"slope": edge.slope} if edge.slope else {})
                for edge in self.edges
            ],
        }


Parts = list[tuple[Item, int]]  # what one box holds, with how often each stands there by itself
Link = tuple[Item, Node]  # a layer, and a tensor that it reads from another box


def picture(net: Network) -> Picture:
    """The forward graph, a box a layer, with repeats folded."""
    found = layers(net)
    boxes, links = drawn(grouped(folded(items(found))))
    return Picture(net.title or net.name, boxes, tuple(links), layer_table(net, found))


def drawn(blocks: Sequence[tuple[Parts, int]]) -> tuple[tuple[Box, ...], dict[Edge, list[Link]]]:
    """Boxes, and the edges between them with what each stands for."""
    boxes: list[Box] = []
    home: dict[Node, tuple[int, Item]] = {}
    for key, (parts, repeat) in enumerate(blocks):
        boxes.append(Box(key, parts[0][0].kind, tuple(_part(item, times) for item, times in parts), repeat))
        home |= {node: (key, item) for item, _ in parts for node in item.nodes}
    edges: dict[tuple[int, int, str], Edge] = {}
    links: dict[Edge, list[Link]] = {}
    for key, (parts, _) in enumerate(blocks):
        for item, _ in parts:
            for source in item.sources:
                origin, made = home[source]
                if origin != key:
                    name = made.names[-1] if made.kind not in GIVEN else joined(made.names)
                    edge = edges.setdefault((origin, key, name), Edge(origin, key, name, made.shape))
                    links.setdefault(edge, []).append((item, source))
    return tuple(boxes), links


def joined(names: Sequence[str]) -> str:
    """`h`, `h1, h2`, `h1 … h9`."""
    return ", ".join(names) if len(names) < 3 else f"{names[0]} … {names[-1]}"


def shape_text(shape: Shape) -> str:
    """`n×6×28×28`; nothing for a scalar."""
    return "×".join(f"({size})" if " " in str(size) else str(size) for size in shape)


def grouped(blocks: Sequence[Block], apart: Collection[Node] = ()) -> list[tuple[Parts, int]]:
    """A box a block; what only follows from a layer with parameters joins its box, unless it is to stand `apart`."""
    readers: dict[Node, set[Node]] = {}
    for block in blocks:
        for item in block.items:
            for source in item.sources:
                readers.setdefault(source, set()).add(item.nodes[0])
    boxes: list[tuple[Parts, int]] = []
    ends: dict[Node, int] = {}
    for block in blocks:
        first = block.items[0]
        at = ends.get(first.sources[0]) if len(first.sources) == 1 else None
        alone = len(block.items) == 1 and block.repeat == 1 and first.kind == "equation" and not first.chips
        alone = alone and first.nodes[0] not in apart
        if at is not None and alone and readers[first.sources[0]] == {first.nodes[0]}:
            boxes[at][0].append((first, 1))
            ends[first.nodes[-1]] = at
            continue
        single = len(block.items) == 1
        boxes.append(([(item, block.repeat if single else 1) for item in block.items], 1 if single else block.repeat))
        if single and first.kind == "equation" and first.chips and first.nodes[-1] not in apart:
            ends[first.nodes[-1]] = len(boxes) - 1
    return boxes


def _part(item: Item, repeat: int) -> Part:
    return Part(item.names, item.left, item.formula, item.shape, item.chips, repeat)


def _part_data(part: Part) -> dict[str, Any]:
    return {
        "names": list(part.names),
        "formula": part.formula,
        "shape": list(part.shape),
        "params": [
            {"names": list(chip.names), "shape": list(chip.shape), "shared": chip.shared} for chip in part.chips
        ],
        "repeat": part.repeat,
    } | ({"adjoint": part.adjoint, "slopes": list(part.slopes)} if part.adjoint else {})
