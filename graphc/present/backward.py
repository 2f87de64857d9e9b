"""The backward graph: the forward one with the derivatives that flow back through it to some of its tensors.

What lies between those tensors and the one that is differentiated is the path; all else is there, and quiet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..derivation.step import Derivative
from ..graph.node import Node, order
from ..language.expression import Name
from .layers import Layer, layers
from .notation.text import text
from .picture import Box, Edge, Link, Part, Parts, Picture, drawn, grouped, joined
from .repeats import Item, folded, items
from .table import layer_table

if TYPE_CHECKING:
    from ..graph.network import Network


NOTE = (
    "Derivatives flow back from {of} to {wrt}. What arrives at a tensor, times what stands on the arrow, goes on; "
    "where arrows meet, the parts add up."
)


@dataclass(frozen=True)
class Flow:
    """What is written along the way, `∂y/∂a = y(1 − y)`: the derivative of a tensor by another that it reads, and
    adjoints. What is not there was too long, and goes by its name. `direct` are the slopes that are a part only of the
    derivative between the same two."""

    slopes: Mapping[tuple[Node, Node], str] = field(default_factory=dict)
    adjoints: Mapping[Node, str] = field(default_factory=dict)
    direct: Collection[tuple[Node, Node]] = frozenset()


def backward(net: Network, of: Node, wrt: Sequence[Node], flow: Flow) -> Picture:
    """The picture of how ∂of/∂w comes about for each w."""
    found = layers(net)
    path = on_path(found, of, wrt)
    shown = _Backward(found, path, of, wrt, flow)
    parts = grouped(folded(shown.items()), apart=path)
    boxes, links = drawn(parts)
    return Picture(
        net.title or net.name,
        tuple(shown.box(box, each) for box, (each, _) in zip(boxes, parts, strict=True)),
        tuple(shown.edge(edge, stands_for) for edge, stands_for in links.items()),
        layer_table(net, found),
        backward=_note(shown.names, of, wrt),
    )


def _note(names: Mapping[Node, str], of: Node, wrt: Sequence[Node]) -> str:
    """What the picture says of the derivatives; of those that nothing flows to, that they are 0."""
    reached = set(order([of]))
    moved = [names[w] for w in wrt if w in reached and w is not of]
    still = [names[w] for w in wrt if w not in reached]
    sentences = [NOTE.format(of=names[of], wrt=joined(moved))] if moved else []
    if still:
        zero = " = ".join(derivative(names[of], name) for name in still)
        sentences.append(f"{names[of]} does not depend on {joined(still)}: {zero} = 0.")
    return " ".join(sentences) or f"{derivative(names[of], names[of])} = 1: nothing lies in between."


def on_path(found: Sequence[Layer], of: Node, wrt: Sequence[Node]) -> set[Node]:
    """The shown tensors through which a change of some w reaches `of`, both included."""
    moved: set[Node] = set()
    for node in order([of]):
        if node in wrt or any(source in moved for source in node.inputs):
            moved.add(node)
    shown = {layer.node for layer in found} | set(wrt)
    return moved & shown


def names_of(found: Sequence[Layer], of: Node, wrt: Sequence[Node]) -> dict[Node, str]:
    """What is shown is called as in the layer table; parameters have no layer of their own there."""
    given = {node: node.name or "" for layer in found for node in (*layer.weights, *layer.reads)}
    return given | {layer.node: layer.name for layer in found} | {n: n.name for n in (*wrt, of) if n.name}


class _Backward:
    """What the picture shows of each layer, with the parameters that are differentiated by as boxes of their own."""

    def __init__(self, found: Sequence[Layer], path: set[Node], of: Node, wrt: Sequence[Node], flow: Flow) -> None:
        self.found, self.path, self.of, self.wrt, self.flow = found, path, of, wrt, flow
        self.layers = {layer.node: layer for layer in found}
        self.names = names_of(found, of, wrt)
        self.weights = [w for w in wrt if any(w in layer.weights for layer in found)]

    def items(self) -> list[Item]:
        own = [self._given(weight) for weight in self.weights]
        return own + [self._item(item) for item in items(self.found)]

    def _given(self, weight: Node) -> Item:
        name = self.names[weight]
        return Item((weight,), "input", (name,), name, "param", weight.shape, (), (), f"{weight.shape}")

    def _item(self, item: Item) -> Item:
        """A layer of weights that are shown reads them along edges; only layers of one tone fold into one."""
        layer = self.layers[item.nodes[0]]
        read = tuple(weight for weight in layer.weights if weight in self.weights)
        names = {self.names[weight] for weight in read}
        chips = tuple(chip for chip in item.chips if not names & set(chip.names))
        pattern = f"{item.pattern} {len(read)} {item.nodes[0] in self.path}"
        return replace(item, chips=chips, sources=item.sources + read, pattern=pattern)

    def box(self, box: Box, parts: Parts) -> Box:
        items_ = [item for item, _ in parts]
        tones = ["target" if n in self.wrt else "path" if n in self.path else "quiet" for i in items_ for n in i.nodes]
        tone = next(tone for tone in ("target", "path", "quiet") if tone in tones)
        kind = "param" if items_[0].nodes[0] in self.weights else box.kind
        shown = zip(box.parts, items_, strict=True)
        inside = {node for item in items_ for node in item.nodes}
        return replace(box, kind=kind, tone=tone, parts=tuple(self._part(part, item, inside) for part, item in shown))

    def _part(self, part: Part, item: Item, inside: set[Node]) -> Part:
        if item.nodes[0] not in self.path:
            return part
        return replace(part, adjoint=self._adjoint(item), slopes=tuple(self._slopes(item, inside)))

    def _adjoint(self, item: Item) -> str:
        named = joined([derivative(self.names[self.of], self.names[node]) for node in item.nodes])
        if item.nodes[0] is self.of:
            return f"{named} = 1"
        return self.flow.adjoints.get(item.nodes[0], named) if len(item.nodes) == 1 else named

    def _slopes(self, item: Item, inside: set[Node]) -> list[str]:
        """The derivatives by tensors in the same box; of repeats by the second, which reads the first."""
        node = item.nodes[min(1, len(item.nodes) - 1)]
        reads = self.layers[node].reads if node in self.layers else ()
        return [self._slope(node, source) for source in reads if source in inside & self.path]

    def edge(self, edge: Edge, links: Sequence[Link]) -> Edge:
        slopes = [self._slope(item.nodes[0], s) for item, s in links if {item.nodes[0], s} <= self.path]
        return replace(edge, slope="\n".join(dict.fromkeys(slopes)))

    def _slope(self, node: Node, source: Node) -> str:
        found = self.flow.slopes.get((node, source))
        return found or derivative(self.names[node], self.names[source], (node, source) in self.flow.direct)


def derivative(of: str, by: str, direct: bool = False) -> str:
    """`∂L/∂W₁`, as it is called in a formula too."""
    return text(Name("derivative"), {"derivative": Derivative("derivative", (), of, (), by, (), direct=direct)})
