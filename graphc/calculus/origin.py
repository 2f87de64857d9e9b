"""Where a derivative's sizes come from when it reads nothing that has them: ∂(Σx)/∂x is 1 for as many x as there are.

A program that computes such a derivative takes the variable too, for its shape alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary, WeakSet

from ..graph.node import Leaf, Node, order

_origins: WeakKeyDictionary[Node, tuple[Leaf, ...]] = WeakKeyDictionary()
_derivatives: WeakSet[Node] = WeakSet()
FAR = 100  # nodes; a derivative that reads more than these reads what has its sizes


def remember(derivative: Node, sources: Iterable[Node]) -> None:
    """Keep the given tensors that tell the sizes of a derivative, and its type, where its own reads do not."""
    _derivatives.add(derivative)
    read = _read(derivative)
    if read is None:
        return
    missing = {name for extent in (*derivative.extents, *getattr(derivative, "box", ())) for name in extent.names}
    missing -= {name for leaf in read for name in _sizes(leaf)}
    given = [node for node in order(sources) if isinstance(node, Leaf) and node.kind in ("input", "param")]
    leaves = [leaf for leaf in given if _sizes(leaf) & missing]
    if read and all(leaf.integer for leaf in (*read, *leaves)):
        leaves += [leaf for leaf in given if not leaf.integer][-1:]
    if leaves:
        _origins[derivative] = tuple(leaves)


def origins(nodes: Iterable[Node]) -> list[Leaf]:
    """What the programs of these nodes take for shapes alone."""
    return [leaf for node in nodes for leaf in _origins.get(node, ())]


def is_derivative(node: Node) -> bool:
    """Whether it was asked for as a derivative: its elements are no integers, even where they are copies of some."""
    return node in _derivatives


def _read(node: Node) -> list[Leaf] | None:
    """The given tensors that a node reads on the way, if it is not far."""
    seen, stack = {node}, [node]
    while stack:
        fresh = [tensor for tensor in stack.pop().inputs if tensor not in seen]
        seen.update(fresh)
        stack += fresh
        if len(seen) > FAR:
            return None
    return [node for node in seen if isinstance(node, Leaf) and node.kind in ("input", "param")]


def _sizes(leaf: Leaf) -> set[str]:
    """The names that stand alone as an axis."""
    return {str(extent) for extent in leaf.extents if str(extent) in extent.names}
