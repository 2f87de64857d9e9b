"""A network as the list of its named tensors, each with the parameters that it uses: what tables and pictures show.

What was computed without a name on the way to a named tensor belongs to that tensor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from ..graph.node import Leaf, Map, Node, order
from ..graph.size import Size, size
from ..graph.text import equation, formula

if TYPE_CHECKING:
    from ..graph.network import Network

Shape = tuple["int | str", ...]


@dataclass(frozen=True)
class Layer:
    """One named tensor. `kind` is input, param, const, equation, output or loss."""

    node: Node
    kind: str
    name: str
    left: str
    formula: str
    members: tuple[Map, ...]
    reads: tuple[Node, ...]
    weights: tuple[Node, ...]

    @property
    def shape(self) -> Shape:
        return self.node.shape


def layers(net: Network) -> list[Layer]:
    """Inputs, constants and equations in the order of the file; a parameter has a layer only if nothing uses it."""
    named = names(net)
    params: dict[Node, int] = {leaf: place for place, leaf in enumerate(net.params)}
    found = [_layer(net, node, name, named, params) for node, name in named.items()]
    used = {weight for layer in found for weight in layer.weights}
    return [layer for layer in found if layer.kind != "param" or layer.node not in used]


def names(net: Network) -> dict[Node, str]:
    """Every tensor that is shown, and its name. In a network made in Python some get one here: outputs and loss,
    and what the next layer of weights reads."""
    named: dict[Node, str] = {node: name for name, node in net.nodes.items()}
    roots = [*net.outputs, *([net.loss] if net.loss is not None else [])]
    if all(root in named for root in roots):
        return named
    taken = {*named.values(), *(node.name for node in order(roots))}
    found: dict[Node, str] = {}
    for node in order(roots):
        weighted = isinstance(node, Map) and node.reduce is not None and any(map(_is_param, node.inputs))
        shown = [tensor for tensor in node.inputs if weighted and not isinstance(tensor, Leaf)]
        for tensor in (*shown, *([node] if node in roots else [])):
            if tensor not in named and tensor not in found:
                word = "L" if tensor is net.loss else "y" if tensor in net.outputs else "h"
                found[tensor] = next(name for name in _numbered(word) if name not in taken)
                taken.add(found[tensor])
    return named | {node: found[node] for node in order(roots) if node in found}


def _is_param(node: Node) -> bool:
    return isinstance(node, Leaf) and node.kind == "param"


def _numbered(word: str) -> Iterator[str]:
    yield from (f"{word}{number or ''}" for number in count())


def _layer(net: Network, node: Node, name: str, named: dict[Node, str], params: dict[Node, int]) -> Layer:
    if isinstance(node, Leaf):
        right = formula(node) if node.kind == "const" else node.kind
        return Layer(node, node.kind, name, name, right, (), (), ())
    kind = "loss" if node is net.loss else "output" if node in net.outputs else "equation"
    members, reads = _inside(node, named)
    right = net.written.get(name) or formula(node, named.get)
    left = _left(net, node, name, named)
    weights = tuple(
        sorted((leaf for leaf in reads if isinstance(leaf, Leaf) and leaf in params), key=params.__getitem__)
    )
    return Layer(node, kind, name, left, right, members, reads, weights)


def _inside(node: Node, named: Collection[Node]) -> tuple[tuple[Map, ...], tuple[Node, ...]]:
    """The nodes that are computed for this one alone by name, itself included, and the named tensors they read."""
    members: dict[Map, None] = {}
    reads: dict[Node, None] = {}
    pending = [node]
    while pending:
        member = pending.pop()
        if not isinstance(member, Map) or member in members:
            continue
        members[member] = None
        for tensor in member.inputs:
            if tensor in named or isinstance(tensor, Leaf):
                reads[tensor] = None
            else:
                pending.append(tensor)
    return tuple(members), tuple(reads)


def _left(net: Network, node: Node, name: str, named: dict[Node, str]) -> str:
    """`a[i]` for an equation by index, `h` for one of whole tensors."""
    if name not in net.written:
        return equation(node, lambda other: name if other is node else named.get(other)).partition(" = ")[0]
    labels = node.labels[: node.rank] if isinstance(node, Map) else ()
    return f"{name}[{','.join(labels)}]" if labels and name in getattr(net.written, "indexed", ()) else name


# -- links


def batch(net: Network) -> frozenset[str]:
    """The names of the batch axis: a free size that is the first of an input's, and of no parameter's axes.

    Where several are, those that an output starts with are meant.
    """
    first = [str(leaf.extents[0]) for leaf in net.inputs if leaf.extents and isinstance(leaf.shape[0], str)]
    held = {name for leaf in net.params for extent in leaf.extents for name in extent.names}
    names = [name for name in dict.fromkeys(first) if name not in held]
    leading = {str(node.extents[0]) for node in net.outputs if node.extents}
    return frozenset([name for name in names if name in leading] or names[:1])


def link_count(layer: Layer, batch: Collection[str], computing: Collection[Node]) -> Size:
    """How often parameters are read to compute the layer for one example: each read once a place of its node's box."""
    one_example = dict.fromkeys(batch, 1)
    total = size(0)
    for node in layer.members:
        if node not in computing:
            continue
        places = size(1)
        for extent in node.box:
            places *= extent.bind(one_example)
        reads = sum(1 for read in node.reads if _is_param(read.tensor))
        total += places * reads
    return total


def computing(net: Network) -> set[Node]:
    """What is computed for an example: whatever an output needs and what depends on an input, save the loss itself.

    So a penalty on the weights has no links. Where no output is marked, what nothing else reads is one; the loss is
    one where it is all there is.
    """
    everything = order(net.nodes.values())
    read = {tensor for node in everything for tensor in node.inputs}
    last = [node for node in everything if isinstance(node, Map) and node not in read and node is not net.loss]
    needed = set(order(net.outputs or last))
    fed: set[Node] = set()
    for node in everything:
        if (isinstance(node, Leaf) and node.kind == "input") or any(tensor in fed for tensor in node.inputs):
            fed.add(node)
    found = needed | (fed - {net.loss})
    alone = net.loss is not None and not any(isinstance(node, Map) for node in found)
    return set(order([net.loss])) if alone and net.loss is not None else found


def element_count(node: Node) -> Size:
    total = size(1)
    for extent in node.extents:
        total *= extent
    return total
