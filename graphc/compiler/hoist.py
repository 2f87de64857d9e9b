"""Numbers taken out of formulas over vectors: what is the same for every element is computed once.

In p − lr·m/(1 − β**t)/s the factor lr/(1 − β**t) has no index. It becomes a tensor without axes, and the vector's
formula reads it as if it were given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..graph.node import Leaf, Map, Node, plain_map
from ..graph.rebuild import rebuild
from ..graph.scalar import Apply, Number, Position, Read, Scalar, add, mul, rebuilt, walk


class Hoisted:
    """`vectors` are the roots, over a leaf for each number that they read; `numbers` say what these stand for."""

    def __init__(self, roots: Sequence[Node], taken: Iterable[str]) -> None:
        self.numbers: dict[Leaf, Node] = {}
        self._taken = set(taken)
        self._leaf: dict[Node, Leaf] = {}
        self.vectors = rebuild(roots, self._change)

    def _change(self, node: Map, before: Map) -> Node:
        return node.over(self._without_numbers(node.body), node.write) if node.rank else node

    def _without_numbers(self, term: Scalar) -> Scalar:
        if _number(term):
            return self._read(term)
        if not isinstance(term, Apply):
            return term
        if term.operation in JOINS:
            numbers = [part for part in term.arguments if _number(part)]
            if numbers:
                numbers += [part for part in term.arguments if isinstance(part, Number) and part.value > 0]
                rest = [self._without_numbers(part) for part in term.arguments if part not in numbers]
                return JOINS[term.operation](*rest, self._read(JOINS[term.operation](*numbers)))
        return rebuilt(term, tuple(self._without_numbers(part) for part in term.arguments))

    def _read(self, term: Scalar) -> Read:
        """The read of the leaf that stands for a number."""
        node = term.tensor if isinstance(term, Read) else plain_map(None, (), term, ())
        if node not in self._leaf:
            leaf = Leaf("input", self._name(node), ())
            self._leaf[node] = leaf
            self.numbers[leaf] = node
        return Read(self._leaf[node], ())

    def _name(self, node: Node) -> str:
        if node.name:
            return node.name
        name = next(name for k in range(1, len(self._taken) + 2) if (name := f"scale{k}") not in self._taken)
        self._taken.add(name)
        return name


JOINS = {"add": add, "mul": mul}


def _number(term: Scalar) -> bool:
    """Whether it is the same for every element, and known only when the program runs."""
    parts = list(walk(term))
    reads = [part for part in parts if isinstance(part, Read)]
    return (
        bool(reads)
        and not any(read.tensor.rank for read in reads)
        and not any(isinstance(part, Position) and part.affine.terms for part in parts)
    )
