"""Where a derivative's sizes come from when it reads nothing that has them: ∂(Σx)/∂x is 1 for as many x as there are.

A program that computes such a derivative takes the variable too, for its shape alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from ..graph.node import Leaf, Node, order

_origins: WeakKeyDictionary[Node, tuple[Leaf, ...]] = WeakKeyDictionary()
FAR = 100  # nodes; a derivative that reads more than these reads what has its sizes


def remember(derivative: Node, sources: Iterable[Node]) -> None:
    """Keep the given tensors that tell the sizes of a derivative, where its own reads do not."""
    missing = {name for extent in derivative.extents for name in extent.names}
    if missing:
        missing -= _told(derivative)
    if missing:
        leaves = [node for node in order(sources) if isinstance(node, Leaf) and _sizes(node) & missing]
        _origins[derivative] = tuple(leaves)


def origins(nodes: Iterable[Node]) -> list[Leaf]:
    """What the programs of these nodes take for shapes alone."""
    return [leaf for node in nodes for leaf in _origins.get(node, ())]


def _told(node: Node) -> set[str]:
    """The sizes that can be told from what a node reads."""
    found: set[str] = set()
    seen, stack = {node}, [node]
    while stack:
        here = stack.pop()
        found |= _sizes(here)
        fresh = [tensor for tensor in here.inputs if tensor not in seen]
        seen.update(fresh)
        stack += fresh
        if len(seen) > FAR:
            return {name for extent in node.extents for name in extent.names}
    return found


def _sizes(node: Node) -> set[str]:
    """The names that stand alone as an axis of a given tensor."""
    given = isinstance(node, Leaf) and node.kind in ("input", "param")
    return {str(extent) for extent in node.extents if str(extent) in extent.names} if given else set()
