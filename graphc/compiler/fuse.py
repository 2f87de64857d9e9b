"""What is put into its readers: numbers, copies, and the terms and factors of a sum that is read once.

A copy (a slice, a transposition, a broadcast) costs nothing when its readers look at the original instead. A product
that only one sum reads is shown to that sum, which may then be a contraction. Nothing else is gained by writing two
elementwise steps as one in NumPy, so nothing else is moved, and bodies stay small however deep the graph is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..graph.node import Map, Node, order
from ..graph.rebuild import rebuild
from ..graph.scalar import (
    Affine,
    Apply,
    Index,
    Position,
    Read,
    Scalar,
    affine,
    indices,
    move,
    move_affine,
    position,
    reads,
    transform,
    walk,
)

MOST_OPERATIONS = 40


def fuse(roots: Sequence[Node]) -> list[Node]:
    """The same values with copies, numbers and single-use products read through."""
    uses: Counter[Node] = Counter(roots)
    for node in order(roots):
        if isinstance(node, Map):
            uses.update(read.tensor for read in (*node.reads, *node.gathers))
    single: dict[Node, bool] = {}

    def change(node: Map, before: Map) -> Node:
        fresh = read_through(node, single)
        single[fresh] = uses[before] == 1
        return fresh

    def number(node: Node) -> Scalar | None:
        return node.body if isinstance(node, Map) and constant(node) else None

    return rebuild(roots, change, number)


def constant(node: Map) -> bool:
    """Every element is one number that depends on sizes at most."""
    return node.plain and node.reduce is None and not reads(node.body) and not indices(node.body)


def copies(node: Node) -> bool:
    """Its elements are elements of another tensor, at subscripts that need no integers to be known."""
    if not isinstance(node, Map) or not node.plain or node.reduce is not None or not isinstance(node.body, Read):
        return False
    return not node.body.guarded and not node.gathers


def read_through(node: Map, single: dict[Node, bool]) -> Map:
    """The node with every read of a copy, or of a product that only it reads, replaced by what stands there."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Position):
            return position(through_copies(part.affine))
        if not isinstance(part, Read):
            return None
        source, subscripts = part.tensor, tuple(through_copies(form) for form in part.subscripts)
        seen_through = copies(source) or (adds_up and single.get(source) and part_of_a_sum(source, subscripts))
        if isinstance(source, Map) and not part.guarded and seen_through:
            return move(source.body, {Index(axis): form for axis, form in enumerate(subscripts)})
        return Read(source, subscripts, part.guarded)

    adds_up = node.reduce == "sum" or not node.plain
    body = transform(node.body, change)
    write = tuple(through_copies(form) for form in node.write)
    return node.over(body, write)


def through_copies(form: Affine) -> Affine:
    """A subscript whose gathers look through copies of integers."""
    if not form.gathers:
        return form
    total = Affine((), form.offset)
    for atom, coefficient in form.terms:
        while isinstance(atom, Read) and copies(atom.tensor):
            body = atom.tensor.body  # type: ignore[attr-defined]
            moved = {Index(axis): s for axis, s in enumerate(atom.subscripts)}
            atom = Read(body.tensor, tuple(move_affine(s, moved) for s in body.subscripts))
        total += affine(atom).scaled(coefficient)
    return total


def part_of_a_sum(source: Node, subscripts: tuple[Affine, ...]) -> bool:
    """Terms or factors that are computed no more often in their reader than where they stand."""
    if not isinstance(source, Map) or not source.plain or source.reduce is not None:
        return False
    if not isinstance(source.body, Apply):
        return False
    plain = [form.plain for form in subscripts if form.terms]
    if None in plain or len(set(plain)) < len(plain) or source.body.operation not in ("add", "mul"):
        return False
    return sum(1 for _ in walk(source.body)) <= MOST_OPERATIONS
