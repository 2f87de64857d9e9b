"""A network with some of its free sizes put to numbers, as the data tell them."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import Affine, Index, Position, Read, Scalar, affine, position, transform
from ..graph.size import Size


def with_sizes(network: Network, sizes: Mapping[str, int]) -> Network:
    """The same network; a size that has no number stays free."""
    if not sizes:
        return network
    roots = [*network.nodes.values(), *network.outputs, *([network.loss] if network.loss is not None else [])]
    new = _bound(roots, sizes)
    return Network(
        network.name,
        {name: new[node] for name, node in network.nodes.items()},
        [new[node] for node in network.outputs],
        None if network.loss is None else new[network.loss],
        network.title,
        network.file,
        network.written,
    )


def _bound(roots: list[Node], sizes: Mapping[str, int]) -> dict[Node, Node]:
    new: dict[Node, Node] = {}

    def put(extents: tuple[Size, ...]) -> tuple[Size, ...]:
        return tuple(extent.bind(sizes) for extent in extents)

    def subscript(form: Affine) -> Affine:
        total = Affine((), form.offset.bind(sizes))
        for atom, coefficient in form.terms:
            fresh = atom if isinstance(atom, Index) else read(atom)
            total += affine(fresh).scaled(coefficient.bind(sizes))
        return total

    def read(part: Read) -> Read:
        return Read(new[part.tensor], tuple(map(subscript, part.subscripts)), part.guarded)

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            return read(part)
        return position(subscript(part.affine)) if isinstance(part, Position) else None

    for node in order(roots):
        if isinstance(node, Leaf):
            new[node] = Leaf(node.kind, str(node.name), put(node.extents), node.attributes, node.value)
        elif isinstance(node, Map):
            write = tuple(map(subscript, node.write))
            body = transform(node.body, change)
            new[node] = Map(
                node.name, put(node.extents), put(node.box), write, node.guarded, node.reduce, body, node.labels
            )
    return new
