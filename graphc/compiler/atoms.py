"""Every node taken apart into atoms: nodes that do one thing each, so that equal parts are one wherever they stand.

An atom is one of: one operation on reads; one reduction of one read; a contraction, the sum of a product of two reads;
a copy with zeros around it (padding); windows laid out one beside the other; a gather; a scatter of one read;
positions as numbers. All of them are nodes again. A part of a body is evaluated over the indices that it uses only.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Map, Node, bounds
from ..graph.scalar import (
    ZERO,
    Affine,
    Apply,
    Index,
    Number,
    Position,
    Read,
    Scalar,
    add,
    affine,
    indices,
    move,
    mul,
    position,
)
from ..graph.size import Size, never_negative, size
from .forms import rewritten, static
from .kinds import result, wanted
from .merge import Keys
from .shifted import Parts
from .windows import elements

Box = tuple[Size, ...]
MANY = 512  # elements from which on a choice is made by bits


class Atoms:
    """The atoms of one program. `value` says what stands for a node: a number, or a read of an atom."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.age: dict[Node, int] = {}
        self.value: dict[Node, Scalar] = {}
        self.parts: dict[Node, Parts] = {}
        self.origin: dict[Node, Node] = {}
        self.hints: dict[Node, tuple[int, ...]] = {}
        self.current: Node | None = None

    def atom(self, term: Scalar, box: Box, reduce: str | None = None, over: Sequence[Index] = ()) -> Read:
        """One atom with this body, and the read of it that stands for the value in the box."""
        kept = [index for index in self.axes(term) if index not in over]
        if reduce == "sum":  # a contraction's axes have no order of their own
            kept.sort(key=lambda index: index.key)
        fresh = {index: affine(Index(k)) for k, index in enumerate((*kept, *over))}
        extents = tuple(box[index.key] for index in kept)
        write = tuple(affine(Index(axis)) for axis in range(len(kept)))
        full = extents + tuple(box[index.key] for index in over)
        node = Map(None, extents, full, write, False, reduce, move(term, fresh), ())
        return Read(self.keep(node), tuple(affine(index) for index in kept))

    def keep(self, node: Map) -> Map:
        """The one atom of this structure."""
        found = self.keys.representative(node)
        self.age.setdefault(found, len(self.age))
        if self.current is not None:
            self.origin.setdefault(found, self.current)
        return found

    def axes(self, term: Scalar) -> list[Index]:
        """The indices of a term in the order of its largest read, so that one value has one order of axes."""
        operands = [part for part in (term, *term.children) if isinstance(part, (Read, Position))]
        if len(operands) > 1:
            operands.sort(key=lambda part: (-len(indices(part)), self._age(part)))
        found: dict[Index, None] = {}
        for part in operands:
            found.update(indices(part))
        return list(found)

    def _age(self, part: Scalar) -> int:
        return self.age.setdefault(part.tensor, len(self.age)) if isinstance(part, Read) else -1

    # -- naming the parts of a body

    def name(self, term: Scalar, box: Box) -> Scalar:
        """An operand for the value of any term: a scalar made of sizes, or a read that is one view."""
        if static(term):
            return term
        if isinstance(term, Position):
            return self.position(term.affine, box)
        if isinstance(term, Read):
            return self.read(term, box)
        assert isinstance(term, Apply)
        form = rewritten(term)
        if form is not term:
            return self.name(form, box)
        arguments = [self.name(argument, box) for argument in term.arguments]
        if term.operation in ("add", "mul"):
            return self.chain(term.operation, arguments, box)
        return self.apply(term.operation, arguments, box)

    def apply(self, operation: str, arguments: Sequence[Scalar], box: Box) -> Scalar:
        """One operation, its operands turned to the kind that it takes."""
        if operation in ("add", "mul") and all(static(argument) for argument in arguments):
            return add(*arguments) if operation == "add" else mul(*arguments)
        if operation == "where":
            return self.choice(arguments, box)
        kinds = wanted(operation, arguments)
        return self.atom(
            Apply(operation, tuple(self.turned(a, k, box) for a, k in zip(arguments, kinds, strict=True))), box
        )

    def choice(self, arguments: Sequence[Scalar], box: Box) -> Scalar:
        """`where`, exactly: of many floats by their bits, which no branch has to be predicted for."""
        term = Apply("where", tuple(arguments))
        turned = [self.turned(a, k, box) for a, k in zip(arguments, wanted("where", arguments), strict=True)]
        condition, yes, no = turned
        count = elements({index for argument in turned for index in indices(argument)}, box)
        if result(term) != "float" or count < MANY or not isinstance(condition, Read):
            return self.atom(Apply("where", tuple(turned)), box)
        if yes is ZERO or no is ZERO:
            kept, bits = (no, "nobits") if yes is ZERO else (yes, "bits")
            return self.atom(Apply("keep", (self.atom(Apply(bits, (condition,)), box), kept)), box)
        return self.atom(Apply("select", (self.atom(Apply("bits", (condition,)), box), yes, no)), box)

    def turned(self, argument: Scalar, kind: str, box: Box) -> Scalar:
        """The operand as floats or as truths."""
        if kind in ("any", result(argument)) or static(argument):
            return argument
        return self.atom(Apply("ne", (argument, ZERO)) if kind == "bool" else Apply("float", (argument,)), box)

    def chain(self, operation: str, arguments: Sequence[Scalar], box: Box) -> Scalar:
        """A sum or product by twos, those over the fewest indices first, so that what is small is computed small."""
        groups: dict[frozenset[Index], list[Scalar]] = {}
        for argument in arguments:
            groups.setdefault(frozenset(indices(argument)), []).append(argument)
        parts = [(used, self.fold(operation, members, box)) for used, members in groups.items()]
        while len(parts) > 1:
            pairs = [(len(a[0] | b[0]), i, j) for j, b in enumerate(parts) for i, a in enumerate(parts[:j])]
            _, i, j = min(pairs)
            joined = (parts[i][0] | parts[j][0], self.apply(operation, (parts[i][1], parts[j][1]), box))
            parts = [part for k, part in enumerate(parts) if k not in (i, j)] + [joined]
        return parts[0][1]

    def fold(self, operation: str, arguments: Sequence[Scalar], box: Box) -> Scalar:
        total = arguments[0]
        for argument in arguments[1:]:
            total = self.apply(operation, (total, argument), box)
        return total

    def position(self, form: Affine, box: Box) -> Scalar:
        """An index expression as a number; integers read in it are ordinary operands."""
        if not form.gathers:
            return self.atom(Position(form), box)
        rest = Affine(tuple((a, c) for a, c in form.terms if isinstance(a, Index)), form.offset)
        terms = [mul(position(c), a) for a, c in form.terms if isinstance(a, Read)]
        return self.name(add(*terms, position(rest)), box)

    # -- reads

    def read(self, read: Read, box: Box) -> Scalar:
        """A read as one strided view: of an atom, of a padded copy of it, or of what was gathered."""
        if not read.guarded and not any(form.gathers for form in read.subscripts):
            return self.through(read)
        source = self.whole(read.tensor) if read.guarded else self.identity(read.tensor)
        subscripts = tuple(self.subscript(form) for form in read.subscripts)
        if any(form.gathers for form in subscripts):
            return self.atom(Read(source, subscripts, read.guarded), box)
        edges = [bounds(form, box) for form in subscripts]
        if not subscripts or any(edge is None for edge in edges):
            return self.atom(Read(source, subscripts, read.guarded and bool(subscripts)), box)
        lows = [edge[0] for edge in edges if edge]
        highs = [edge[1] for edge in edges if edge]
        fits = [never_negative(low, 0) and never_negative(extent - 1 - high, 0)
                for low, high, extent in zip(lows, highs, source.extents, strict=True)]  # fmt: skip
        if all(fits):
            return Read(source, subscripts)
        shift = [size(0) if fit else low for fit, low in zip(fits, lows, strict=True)]
        extents = tuple(extent if fit else high - low + 1
                        for fit, low, high, extent in zip(fits, lows, highs, source.extents, strict=True))  # fmt: skip
        inner = tuple(affine(Index(k)) + affine(low) for k, low in enumerate(shift))
        padded = self.atom(Read(source, inner, True), extents)
        return Read(padded.tensor, tuple(form + affine(-low) for form, low in zip(subscripts, shift, strict=True)))

    def through(self, read: Read) -> Scalar:
        """A read of a node as a read of the atom that holds its value."""
        value = self.value.get(read.tensor)
        if value is None or value is self.plain_read(read.tensor):
            return read
        return move(value, {Index(axis): form for axis, form in enumerate(read.subscripts)})

    def subscript(self, form: Affine) -> Affine:
        """A subscript whose gathers read atoms."""
        if not form.gathers:
            return form
        total = Affine((), form.offset)
        for atom, coefficient in form.terms:
            if isinstance(atom, Read):
                inner = self.through(Read(atom.tensor, tuple(map(self.subscript, atom.subscripts)), atom.guarded))
                total += self._as_affine(inner).scaled(coefficient)
            else:
                total += affine(atom).scaled(coefficient)
        return total

    @staticmethod
    def _as_affine(term: Scalar) -> Affine:
        if isinstance(term, Position):
            return term.affine
        if isinstance(term, Number):
            return affine(int(term.value))
        assert isinstance(term, Read)
        return affine(term)

    def identity(self, node: Node) -> Node:
        """A tensor with the node's axes that holds its value where the node has elements."""
        value = self.value.get(node)
        if value is None:
            return node
        if isinstance(value, Read) and value.tensor.rank == node.rank and value is self.plain_read(value.tensor):
            return value.tensor
        return self.whole(node)

    def whole(self, node: Node) -> Node:
        """A tensor of exactly the node's extents that holds its value: a copy where it is a view of something else."""
        value = self.value.get(node)
        if value is None or value is self.plain_read(node):
            return node
        if isinstance(value, Read) and value is self.plain_read(value.tensor) and value.tensor.extents == node.extents:
            return value.tensor
        write = tuple(affine(Index(axis)) for axis in range(node.rank))
        return self.keep(Map(None, node.extents, node.extents, write, False, None, value, ()))

    @staticmethod
    def plain_read(node: Node) -> Read:
        return Read(node, tuple(affine(Index(axis)) for axis in range(node.rank)))
