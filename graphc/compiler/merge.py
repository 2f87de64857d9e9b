"""One node for each thing that is computed: structurally equal nodes become one, and constants become numbers.

Names and labels are for people and do not count; arguments of commutative operations may stand in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction

from ..graph.node import Leaf, Map, Node, order, plain_map
from ..graph.scalar import (
    ONE,
    Affine,
    Apply,
    Index,
    Number,
    Position,
    Read,
    Scalar,
    affine,
    position,
    transform,
)

COMMUTATIVE = frozenset({"add", "mul", "max", "min", "eq", "ne", "and"})

ReadChange = Callable[[Read], Scalar]


def merge(roots: Sequence[Node], training: bool = False) -> list[Node]:
    """The roots over as few nodes as there are different things to compute."""
    return rewrite(roots, lambda node, _: node, numbers_for_leaves(training), unique=True)


def numbers_for_leaves(training: bool) -> Callable[[Node], Scalar | None]:
    """What stands for a leaf that is not given at run time: a constant's value, or 1 for a mask outside training."""

    def number(node: Node) -> Scalar | None:
        if not isinstance(node, Leaf):
            return None
        if node.kind == "const":
            return Number(node.value if node.value is not None else Fraction(0))
        return ONE if node.kind == "mask" and not training else None

    return number


def rewrite(
    roots: Sequence[Node],
    change: Callable[[Map, Map], Node],
    number: Callable[[Node], Scalar | None] = lambda node: None,
    unique: bool = False,
) -> list[Node]:
    """Rebuild the graph bottom-up: `change` sees every map with its reads already renewed, and as it was.

    `number` may give a scalar that stands for every read of a node. With `unique`, structurally equal nodes are one.
    """
    new: dict[Node, Node] = {}
    keys = Keys()

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
            fresh = change(with_reads(node, renew, renew_affine), node)
            new[node] = keys.representative(fresh) if unique and isinstance(fresh, Map) else fresh
        else:  # a guarded read of a constant is not constant, so a node of constants must be there for it
            everywhere = number(node)
            new[node] = plain_map(None, node.extents, everywhere, ()) if everywhere else node
    return [new[root] for root in roots]


def with_reads(node: Map, renew: ReadChange, renew_affine: Callable[[Affine], Affine]) -> Map:
    """The same node with its reads, and the gathers in its subscripts, replaced."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            return renew(part)
        return position(renew_affine(part.affine)) if isinstance(part, Position) else None

    body = transform(node.body, change)
    write = tuple(renew_affine(form) for form in node.write)
    if body is node.body and write == node.write:
        return node
    return Map(node.name, node.extents, node.box, write, node.guarded, node.reduce, body, node.labels)


class Keys:
    """Numbers for scalars such that equal numbers mean equal values; local to one pass."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}
        self.scalars: dict[Scalar, int] = {}
        self.nodes: dict[Hashable, Map] = {}

    def representative(self, node: Map) -> Map:
        """The first node with this structure."""
        write = tuple(self.affine(form) for form in node.write)
        key = (node.extents, node.box, write, node.guarded, node.reduce, self.scalar(node.body))
        return self.nodes.setdefault(key, node)

    def scalar(self, term: Scalar) -> int:
        found = self.scalars.get(term)
        if found is None:
            key: Hashable
            if isinstance(term, Apply):
                arguments = [self.scalar(argument) for argument in term.arguments]
                if term.operation in COMMUTATIVE:
                    arguments.sort()
                key = (term.operation, *arguments)
            elif isinstance(term, Read):
                key = (term.tensor, term.guarded, *(self.affine(form) for form in term.subscripts))
            elif isinstance(term, Position):
                key = ("position", self.affine(term.affine))
            else:
                key = term
            found = self.scalars[term] = self.numbers.setdefault(key, len(self.numbers))
        return found

    def affine(self, form: Affine) -> Hashable:
        terms = [(self.scalar(a) if isinstance(a, Read) else -1 - a.key, c) for a, c in form.terms]
        return frozenset(terms), form.offset
