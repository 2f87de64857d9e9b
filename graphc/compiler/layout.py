"""The order in which each atom's axes lie in memory. Only allocation knows of it: every atom keeps its logical axes.

A contraction's result has its matrix axes together, and the rest inherit: an elementwise result lies as its largest
operand does. Windows laid side by side for a convolution have the taps outside and the batch innermost, so that each
shifted copy is made of long runs; from there the batch stays innermost through pooling and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from ..graph.node import Map, Node
from ..graph.scalar import Apply, Index, Read, indices
from .windows import bound, estimate, fewest_first

Order = tuple[int, ...]  # axes, outermost first


@dataclass(frozen=True)
class Contraction:
    """left[batch, rows, inner]·right[batch, inner, columns]: what is matrix, and in which order its axes are merged."""

    left: Read
    right: Read
    batch: tuple[Index, ...]
    rows: tuple[Index, ...]
    inner: tuple[Index, ...]
    columns: tuple[Index, ...]
    stack: tuple[Index, ...] = ()  # rows of overlapping windows: a product for each, taken out of the groups above


def contraction_of(node: Node) -> tuple[Read, Read] | None:
    """The two operands, where the atom is a sum of their product."""
    if not isinstance(node, Map) or node.reduce != "sum" or not node.plain:
        return None
    if isinstance(node.body, Apply) and node.body.operation == "mul":
        left, right = node.body.arguments
        if isinstance(left, Read) and isinstance(right, Read):
            return left, right
    return None


class Layout:
    def __init__(self, hints: Mapping[Node, Order]) -> None:
        self.hints = hints
        self.orders: dict[Node, Order] = {}
        self.contractions: dict[Node, Contraction] = {}

    def settle(self, nodes: Iterable[Node], logical: Iterable[Node]) -> None:
        """Choose every order; the `logical` ones lie in the order of their axes, because a caller gets them."""
        fixed = set(logical)
        for node in nodes:
            self.orders[node] = self._order(node, node in fixed)

    def order(self, node: Node) -> Order:
        return self.orders.get(node, tuple(range(node.rank)))

    def _order(self, node: Node, fixed: bool) -> Order:
        natural = tuple(range(node.rank))
        if not isinstance(node, Map):
            return natural
        operands = contraction_of(node)
        if operands is not None:
            chosen = self._contraction(node, *operands, fixed)
            self.contractions[node] = chosen
            outer = [index for index in chosen.stack if index.key < node.rank]
            left_only = outer and outer[0] in self.places(chosen.left)
            axes = (*chosen.batch, *outer * bool(left_only), *chosen.rows, *outer * (not left_only), *chosen.columns)
            return natural if fixed else tuple(index.key for index in axes)
        if fixed:
            return natural
        if node in self.hints:
            return self.hints[node]
        return self._inherited(node)

    def _inherited(self, node: Map) -> Order:
        """As the largest operand lies, an axis that it lacks outermost."""
        reads = [part for part in (node.body, *node.body.children) if isinstance(part, Read)]
        if isinstance(node.body, Apply) and node.body.operation == "taps":
            reads = [part for term in node.body.arguments for part in (term, *term.children) if isinstance(part, Read)]
        if not reads:
            return tuple(range(node.rank))
        main = max(reads, key=lambda read: len(indices(read)))
        place = self.places(main)
        if node.plain:
            keys = {axis: place.get(Index(axis), -1.0) for axis in range(node.rank)}
        else:
            keys = {
                axis: min((place[index] for index in bound(form) if index in place), default=-1.0)
                for axis, form in enumerate(node.write)
            }
        return tuple(sorted(range(node.rank), key=lambda axis: (keys[axis], axis)))

    def places(self, read: Read) -> dict[Index, float]:
        """How far in each index of a read lies in memory: 0 is outermost."""
        order = self.order(read.tensor)
        found: dict[Index, float] = {}
        for depth, axis in enumerate(order):
            form = read.subscripts[axis]
            inner = list(indices(Read(read.tensor, (form,)))) if form.gathers else [a for a, _ in form.terms]
            for k, index in enumerate(inner):
                if isinstance(index, Index):
                    found.setdefault(index, depth + k / (len(inner) + 1))
        return found

    def _contraction(self, node: Map, left: Read, right: Read, fixed: bool) -> Contraction:
        one, two = self.places(left), self.places(right)
        kept = {Index(k) for k in range(node.rank)}
        rows = [index for index in one if index not in two]
        columns = [index for index in two if index not in one]
        if rows and columns and self._swapped(node, left, right, rows, columns, fixed):
            left, right, one, two, rows, columns = right, left, two, one, columns, rows
        shared = [index for index in one if index in two]
        batch = [index for index in shared if index in kept]
        inner = [index for index in (self._larger(left, right, one, two, shared)) if index not in kept]
        stack = [fewest_first(f, node.box)[-1] for r in (left, right) for f in r.subscripts if len(f.terms) > 1]

        def group(members: Iterable[Index], place: Mapping[Index, float], read: Read) -> tuple[Index, ...]:
            folded = any(len(form.terms) > 1 for form in read.subscripts)
            key = place.__getitem__ if folded or not fixed else attrgetter("key")
            return tuple(sorted((index for index in members if index not in stack), key=key))

        inside = tuple(index for index in inner if index not in stack)
        batch_ = tuple(sorted(batch, key=attrgetter("key") if fixed else one.__getitem__))
        return Contraction(
            left, right, batch_, group(rows, one, left), inside, group(columns, two, right), tuple(stack)
        )

    def _larger(
        self, left: Read, right: Read, one: Mapping[Index, float], two: Mapping[Index, float], shared: Sequence[Index]
    ) -> list[Index]:
        """The summed axes in the order of the operand that would cost more to rearrange."""
        heavy = one if _size(left) >= _size(right) else two
        return sorted(shared, key=lambda index: heavy[index])

    def _swapped(
        self, node: Map, left: Read, right: Read, rows: Sequence[Index], columns: Sequence[Index], fixed: bool
    ) -> bool:
        """Whether the left operand's own axes should lie innermost in the result."""
        if fixed:
            return max(columns, key=lambda i: i.key).key < max(rows, key=lambda i: i.key).key
        inner_left, inner_right = self._innermost(left), self._innermost(right)
        ends_left, ends_right = inner_left in rows, inner_right in columns
        if ends_left != ends_right:
            # a given matrix is turned at no cost, a computed one keeps its batch innermost
            computed = left if ends_left else right
            if isinstance(computed.tensor, Map):
                return ends_left
        if ends_left and ends_right and isinstance(left.tensor, Map) != isinstance(right.tensor, Map):
            return isinstance(left.tensor, Map)
        return max(columns, key=lambda i: i.key).key < max(rows, key=lambda i: i.key).key

    def _innermost(self, read: Read) -> Index | None:
        place = self.places(read)
        return max(place, key=lambda index: place[index], default=None)


def _size(read: Read) -> int:
    count = 1
    for extent in read.tensor.extents:
        count *= estimate(extent)
    return count
