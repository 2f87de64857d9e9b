"""The graph built anew from the leaves up, so that a pass says only what it does to one node."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .node import Map, Node, order, plain_map
from .scalar import Affine, Index, Position, Read, Scalar, affine, position, transform


def rebuild(
    roots: Sequence[Node],
    change: Callable[[Map, Map], Node],
    number: Callable[[Node], Scalar | None] = lambda node: None,
) -> list[Node]:
    """The roots over changed nodes: `change` sees every map with its reads already renewed, and as it was.

    `number` may give a scalar that stands for every read of a node.
    """
    new: dict[Node, Node] = {}

    def renew(read: Read) -> Scalar:
        subscripts = tuple(renew_affine(form) for form in read.subscripts)
        found = None if read.guarded else number(read.tensor)
        return found or Read(new[read.tensor], subscripts, read.guarded)

    def renew_affine(form: Affine) -> Affine:
        if not form.gathers:
            return form
        total = Affine((), form.offset)
        for atom, coefficient in form.terms:
            fresh = renew(atom) if isinstance(atom, Read) else atom
            assert isinstance(fresh, (Read, Index)), "a subscript gathers through integers that are given"
            total += affine(fresh).scaled(coefficient)
        return total

    for node in order(roots):
        if isinstance(node, Map):
            new[node] = change(_with_reads(node, renew, renew_affine), node)
        else:  # a guarded read of a constant is not constant, so a node of constants must be there for it
            everywhere = number(node)
            new[node] = plain_map(None, node.extents, everywhere, ()) if everywhere else node
    return [new[root] for root in roots]


def _with_reads(node: Map, renew: Callable[[Read], Scalar], renew_affine: Callable[[Affine], Affine]) -> Map:
    """The same node with its reads, and the gathers in its subscripts, replaced."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            return renew(part)
        return position(renew_affine(part.affine)) if isinstance(part, Position) else None

    body = transform(node.body, change)
    write = tuple(renew_affine(form) for form in node.write)
    return node.over(body, write)
