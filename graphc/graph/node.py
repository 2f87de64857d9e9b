"""The one node: a tensor is an index comprehension with a scalar body.

    out[write(m)] ⊕= body(m)      for m over a box, ⊕ in {none, sum, max, min, prod, logsumexp, argmax, argmin}

Index k of the box is `Index(k)`. In a *plain* node the first indices of the box are the output's axes and the rest
are reduced. Any other write map is a scatter-add: elements never written are 0, and a guarded write drops what
falls outside. The adjoint of a read is such a node again, so the set of nodes is closed under differentiation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property

from ..interning import Interned
from .operators import Operators
from .scalar import Affine, Index, Read, Scalar, affine, gathers, indices, reads
from .size import Size, never_negative, size

REDUCTIONS = ("sum", "max", "min", "prod", "logsumexp", "argmax", "argmin")


class Node(Operators, metaclass=Interned):
    """Base of leaves and maps. `name` is the user's, or None; `extents` are the sizes of the axes."""

    name: str | None
    kind: str
    extents: tuple[Size, ...]

    @property
    def rank(self) -> int:
        return len(self.extents)

    @property
    def shape(self) -> tuple[int | str, ...]:
        """Integers where known, text where a free size is involved."""
        return tuple(str(extent) if extent.value is None else extent.value for extent in self.extents)

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The distinct tensors that it reads."""
        return ()

    @property
    def integer(self) -> bool:
        """Whether its elements are integers that may stand in a subscript."""
        return False

    def read(self, subscripts: Iterable[Affine], guarded: bool = False) -> Read:
        return Read(self, tuple(subscripts), guarded)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name or 'unnamed'}[{', '.join(map(str, self.shape))}]>"


class Leaf(Node):
    """A tensor that is given: kind is input, param, const (a number, rank 0) or mask.

    A mask is the random part of a dropout: 1 everywhere except while training.
    Attributes are what may be assumed: integer, binary, unit, one_hot, distribution. The `start` of a parameter is a
    number or the name of a rule; where it has none, that follows from how it is used.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        extents: tuple[Size, ...],
        attributes: tuple[str, ...] = (),
        value: Fraction | None = None,
        start: Fraction | str | None = None,
    ) -> None:
        self.kind, self.name, self.extents, self.attributes, self.value = kind, name, extents, attributes, value
        self.start = start

    @property
    def integer(self) -> bool:
        return "integer" in self.attributes


class Map(Node):
    """A tensor that is computed. `labels` are the names of the box's indices, for people only."""

    kind = "map"

    def __init__(
        self,
        name: str | None,
        extents: tuple[Size, ...],
        box: tuple[Size, ...],
        write: tuple[Affine, ...],
        guarded: bool,
        reduce: str | None,
        body: Scalar,
        labels: tuple[str, ...],
    ) -> None:
        self.name, self.extents, self.box, self.write = name, extents, box, write
        self.guarded, self.reduce, self.body, self.labels = guarded, reduce, body, labels

    @cached_property
    def plain(self) -> bool:
        """Whether the first indices of the box are the output's axes, each over its whole extent."""
        return (
            not self.guarded
            and self.box[: self.rank] == self.extents
            and all(form.plain is Index(axis) for axis, form in enumerate(self.write))
        )

    @property
    def reduced(self) -> tuple[Index, ...]:
        """The indices of the box that the write map does not mention."""
        written = {atom for form in self.write for atom, _ in form.terms}
        written |= {index for form in self.write for read in form.gathers for index in indices(read)}
        return tuple(Index(k) for k in range(len(self.box)) if Index(k) not in written)

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """The distinct reads of the body."""
        return tuple(reads(self.body))

    @cached_property
    def gathers(self) -> tuple[Read, ...]:
        """The integer reads inside subscripts, of the body and of the write map."""
        found = dict.fromkeys(gathers(self.body))
        pending = [read for form in self.write for read in form.gathers]
        while pending:
            read = pending.pop()
            if read not in found:
                found[read] = None
                pending += [inner for form in read.subscripts for inner in form.gathers]
        return tuple(found)

    @cached_property
    def inputs(self) -> tuple[Node, ...]:
        return tuple(dict.fromkeys(read.tensor for read in (*self.reads, *self.gathers)))

    def over(self, body: Scalar, write: tuple[Affine, ...]) -> Map:
        """The same tensor with another body and write map; itself if they are not new."""
        if body is self.body and write == self.write:
            return self
        return Map(self.name, self.extents, self.box, write, self.guarded, self.reduce, body, self.labels)

    def called(self, name: str | None) -> Map:
        """The same tensor by another name."""
        return Map(name, self.extents, self.box, self.write, self.guarded, self.reduce, self.body, self.labels)

    @property
    def integer(self) -> bool:
        """A copy of integers is integers: a plain read and nothing else."""
        return self.reduce in ("argmax", "argmin") or (
            self.reduce is None and isinstance(self.body, Read) and self.body.tensor.integer
        )


def plain_map(
    name: str | None,
    extents: Iterable[Size],
    body: Scalar,
    labels: Iterable[str],
    reduce: str | None = None,
    over: Iterable[Size] = (),
) -> Map:
    """A node whose output axes are the first indices of its box; `over` are the extents that are reduced."""
    extents, over = tuple(extents), tuple(over)
    write = tuple(affine(Index(axis)) for axis in range(len(extents)))
    return Map(name, extents, extents + over, write, False, reduce if over else None, body, tuple(labels))


def order(roots: Iterable[Node]) -> list[Node]:
    """Every node that the roots need, each after what it reads; the same graph gives the same order."""
    done: dict[Node, None] = {}
    stack: list[tuple[Node, Iterator[Node]]] = []
    for root in roots:
        if root in done:
            continue
        stack.append((root, iter(root.inputs)))
        open_ = {root}
        while stack:
            node, pending = stack[-1]
            for child in pending:
                if child not in done and child not in open_:
                    open_.add(child)
                    stack.append((child, iter(child.inputs)))
                    break
            else:
                stack.pop()
                done[node] = None
    return list(done)


def bounds(form: Affine, box: tuple[Size, ...]) -> tuple[Size, Size] | None:
    """The least and the greatest value of a subscript over a box; None where it gathers."""
    low = high = form.offset
    for atom, coefficient in form.terms:
        if isinstance(atom, Read):
            return None
        reach = coefficient * (box[atom.key] - 1)
        if never_negative(coefficient, 0):
            high += reach
        elif never_negative(-coefficient, 0):
            low += reach
        else:
            return None
    return low, high


def unproved_ranges(node: Map) -> list[tuple[Size, str]]:
    """What must be at least 0 for every unguarded access to stay in range, where that depends on the sizes given.

    Each comes with a sentence for the person whose sizes break it. Names of size 0 count as possible.
    """
    found: dict[Size, str] = {}
    accesses = [(read.tensor, read.subscripts, read.guarded) for read in (*node.reads, *node.gathers)]
    accesses.append((node, node.write, node.guarded))
    for tensor, subscripts, guarded in accesses:
        for axis, form in enumerate(subscripts):
            index = form.plain
            if index is not None and node.box[index.key] is tensor.extents[axis]:
                continue  # the whole axis, as nearly always
            edges = None if guarded else bounds(form, node.box)
            if edges is None:
                continue
            low, high = edges
            for slack in (low, tensor.extents[axis] - 1 - high):
                if not never_negative(slack, 0):
                    found[slack] = f"`{tensor.name or node.name or 'a tensor'}` is read outside its axis {axis}"
    return list(found.items())


__all__ = ["REDUCTIONS", "Leaf", "Map", "Node", "bounds", "order", "plain_map", "size", "unproved_ranges"]
