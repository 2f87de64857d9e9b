"""Where a derivative's sizes and type come from when it reads nothing that has them: ∂(Σx)/∂x is 1 for each x there is.

A program that computes such a derivative takes the variable too, for its shape and its type alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary, WeakSet

from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import Position, walk

_origins: WeakKeyDictionary[Node, tuple[Leaf, ...]] = WeakKeyDictionary()
_types: WeakKeyDictionary[Node, Leaf] = WeakKeyDictionary()
_derivatives: WeakSet[Node] = WeakSet()
FAR = 100  # nodes; a derivative that reads more than these reads what has its sizes


def remember(derivative: Node, sources: Iterable[Node]) -> None:
    """Keep the given tensors that tell the sizes of a derivative, and its type, where its own reads do not."""
    _derivatives.add(derivative)
    near = _near(derivative)
    if near is None:
        return
    read = [node for node in near if isinstance(node, Leaf) and node.kind in ("input", "param")]
    known = {name for leaf in read for name in _sizes(leaf)}
    given = [node for node in order(sources) if isinstance(node, Leaf) and node.kind in ("input", "param")]
    telling = [leaf for leaf in given if _sizes(leaf) - known]
    missing = {*free_sizes(near)} - known if telling else set()
    leaves = [leaf for leaf in telling if _sizes(leaf) & missing]
    if leaves:
        _origins[derivative] = tuple(leaves)
    typed = next((leaf for leaf in given if not leaf.integer), None)
    if typed is not None and all(leaf.integer for leaf in (*read, *leaves)):
        _types[derivative] = typed


def origins(nodes: Iterable[Node]) -> list[Leaf]:
    """What the programs of these nodes take for shapes alone."""
    return [leaf for node in nodes for leaf in _origins.get(node, ())]


def types(nodes: Iterable[Node]) -> list[Leaf]:
    """What programs that take no other floats take for their type alone."""
    return [_types[node] for node in nodes if node in _types]


def is_derivative(node: Node) -> bool:
    """Whether it was asked for as a derivative: its elements are no integers, even where they are copies of some."""
    return node in _derivatives


def free_sizes(nodes: Iterable[Node]) -> list[str]:
    """The names of sizes in extents, boxes, subscripts and bodies."""
    found: dict[str, None] = {}
    for node in nodes:
        sizes = [*node.extents]
        if isinstance(node, Map):
            forms = [*node.write, *(part.affine for part in walk(node.body) if isinstance(part, Position))]
            forms += [form for read in (*node.reads, *node.gathers) for form in read.subscripts]
            forms += [inner for form in forms for read in form.gathers for inner in read.subscripts]
            sizes += [*node.box, *(size for form in forms for size in (form.offset, *(c for _, c in form.terms)))]
        for extent in sizes:
            found.update(dict.fromkeys(sorted(extent.names)))
    return list(found)


def _near(node: Node) -> list[Node] | None:
    """A node and what it reads on the way, if that is not far."""
    seen, stack = {node: None}, [node]
    while stack:
        fresh = [tensor for tensor in stack.pop().inputs if tensor not in seen]
        seen.update(dict.fromkeys(fresh))
        stack += fresh
        if len(seen) > FAR:
            return None
    return list(seen)


def _sizes(leaf: Leaf) -> set[str]:
    """The names that stand alone as an axis."""
    return {str(extent) for extent in leaf.extents if str(extent) in extent.names}
