"""One node for each thing that is computed: structurally equal nodes become one, and constants become numbers.

Names and labels are for people and do not count; arguments of commutative operations may stand in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction

from ..graph.node import Leaf, Map, Node
from ..graph.rebuild import rebuild
from ..graph.scalar import ONE, Affine, Apply, Number, Position, Read, Scalar

COMMUTATIVE = frozenset({"add", "mul", "max", "min", "eq", "ne", "and"})


def merge(roots: Sequence[Node], training: bool = False) -> list[Node]:
    """The roots over as few nodes as there are different things to compute."""
    keys = Keys()
    return rebuild(roots, lambda node, _: keys.representative(node), numbers_for_leaves(training))


def numbers_for_leaves(training: bool) -> Callable[[Node], Scalar | None]:
    """What stands for a leaf that is not given at run time: a constant's value, or 1 for a mask outside training."""

    def number(node: Node) -> Scalar | None:
        if not isinstance(node, Leaf):
            return None
        if node.kind == "const":
            return Number(node.value if node.value is not None else Fraction(0))
        return ONE if node.kind == "mask" and not training else None

    return number


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
