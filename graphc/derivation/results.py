"""Results in the names of the network alone: adjoints and parts that have names here only are written out."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph.network import Network
from ..graph.node import Leaf, Map, Node
from ..graph.scalar import Read, Scalar, transform
from ..graph.text import written
from .matrix import matrix
from .page import Box, Labels, over
from .paper import weight
from .step import Formula, Result

PARTS = 2_000_000  # parts of a text; only tensors that are read exponentially often make more
LONG = 100  # parts of a body that nobody reads as a whole


class Opener:
    """Bodies in which the tensors that stand for derivatives are replaced by what they came to."""

    def __init__(self) -> None:
        self.values: dict[Node, Map] = {}
        self._done: dict[Node, Node] = {}

    def define(self, leaf: Leaf, body: Scalar, labels: Labels) -> None:
        """From here on the leaf is replaced by this body over its axes."""
        self.values[leaf] = over(self.opened(body), leaf.extents, labels)

    def opened(self, body: Scalar) -> Scalar:
        def change(part: Scalar) -> Scalar | None:
            if isinstance(part, Read):
                return Read(self._tensor(part.tensor), part.subscripts, part.guarded)
            return None

        return transform(body, change)

    def _tensor(self, node: Node) -> Node:
        if node in self.values:
            return self.values[node]
        if not isinstance(node, Map) or node.name is not None:
            return node
        if node not in self._done:
            self._done[node] = node.over(self.opened(node.body), node.write)
        return self._done[node]


def result(
    net: Network, of: Node, by: Node, titles: Mapping[Node, str], body: Scalar, extents: Box, labels: Labels, node: Node
) -> Result:
    """The result as it is printed; only the network's own tensors are read by their names."""
    named = frozenset(net.nodes.values())

    def write() -> Formula:
        own = {tensor: titles.get(tensor, name) for name, tensor in net.nodes.items()}
        own |= {tensor: name for tensor, name in titles.items() if isinstance(tensor, Leaf) and tensor.kind == "mask"}
        shapes = {name: tensor.extents for tensor, name in own.items()}
        bounds, expression = written(over(body, extents, labels), own.get, PARTS)
        fixed = all(bound.extent is None for bound in bounds)
        indices = tuple(bound.name for bound in bounds)
        whole = matrix(expression, indices, shapes) if fixed else None
        return Formula(indices, None if fixed else tuple(map(str, extents)), expression, whole)

    return Result(titles[of], titles[by], node, write, weight(body, named) >= LONG)
