"""Every node taken apart into atoms: nodes that do one thing each, so that equal parts are one wherever they stand.

An atom is one of: one operation on reads; one reduction of one read; a contraction, the sum of a product of two reads;
a guarded copy (padding); a gather; a scatter of one read; positions as numbers. All of them are nodes again.
A part of a body is evaluated over the indices that it uses and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..graph.node import Map, Node, bounds
from ..graph.scalar import (
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
    move_affine,
    mul,
    number,
    position,
    walk,
)
from ..graph.size import Size, size
from .forms import rewritten
from .merge import Keys

Box = tuple[Size, ...]
# The largest power of two whose products with small numbers are finite in float32: stands for infinity in a shift.
HUGE = number(2**126)


class Atoms:
    """The atoms of one program. `sequence` numbers tensors by age; `origin` tells which node an atom was made for."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.sequence: dict[Node, int] = {}
        self.origin: dict[Node, Map] = {}
        self.current: Map | None = None

    def age(self, node: Node) -> int:
        return self.sequence.setdefault(node, len(self.sequence))

    def atom(self, term: Scalar, box: Box, reduce: str | None = None, over: Sequence[Index] = ()) -> Scalar:
        """One atom with this body, and the read of it that stands for the value in the box."""
        kept = [index for index in self.axes(term) if index not in set(over)]
        fresh = {index: affine(Index(k)) for k, index in enumerate((*kept, *over))}
        extents = tuple(box[index.key] for index in kept)
        full = extents + tuple(box[index.key] for index in over)
        write = tuple(affine(Index(axis)) for axis in range(len(kept)))
        node = Map(None, extents, full, write, False, reduce, move(term, fresh), ())
        return Read(self.keep(node), tuple(affine(index) for index in kept))

    def keep(self, node: Map) -> Map:
        """The one atom of this structure."""
        found = self.keys.representative(node)
        self.age(found)
        if self.current is not None:
            self.origin.setdefault(found, self.current)
        return found

    def axes(self, term: Scalar) -> list[Index]:
        """The indices of a term in the order of its largest read, so that one value has one order of axes."""
        operands = [part for part in (term, *term.children) if isinstance(part, (Read, Position))]
        ranked = sorted(operands, key=lambda part: (-len(indices(part)), self._age_of(part)))
        found: dict[Index, None] = {}
        for part in ranked:
            found.update(indices(part))
        return list(found)

    def _age_of(self, part: Scalar) -> int:
        return self.age(part.tensor) if isinstance(part, Read) else -1

    # -- naming the parts of a body

    def name(self, term: Scalar, box: Box) -> Scalar:
        """An operand for the value of any term: a number, a scalar made of sizes, or a read that is one view."""
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
        arguments = tuple(self.name(argument, box) for argument in term.arguments)
        if term.operation in ("add", "mul"):
            return self.chain(term.operation, arguments, box)
        return self.atom(Apply(term.operation, arguments), box)

    def chain(self, operation: str, arguments: Sequence[Scalar], box: Box) -> Scalar:
        """A sum or product by twos, those over the fewest indices first, so that what is small is computed small."""
        groups: dict[frozenset[Index], list[Scalar]] = {}
        for argument in arguments:
            groups.setdefault(frozenset(indices(argument)), []).append(argument)
        if len(groups) == 1 or len(arguments) == 2:
            return self.fold(operation, arguments, box)
        parts = [(used, self.fold(operation, members, box)) for used, members in groups.items()]
        while len(parts) > 1:
            pairs = [(len(a[0] | b[0]), i, j) for j, b in enumerate(parts) for i, a in enumerate(parts[:j])]
            _, i, j = min(pairs)
            joined = (parts[i][0] | parts[j][0], self.fold(operation, (parts[i][1], parts[j][1]), box))
            parts = [part for k, part in enumerate(parts) if k not in (i, j)] + [joined]
        return parts[0][1]

    def fold(self, operation: str, arguments: Sequence[Scalar], box: Box) -> Scalar:
        if all(static(argument) for argument in arguments):
            return add(*arguments) if operation == "add" else mul(*arguments)
        total = arguments[0]
        for argument in arguments[1:]:
            total = self.atom(Apply(operation, (total, argument)), box)
        return total

    def position(self, form: Affine, box: Box) -> Scalar:
        """An index expression as a number; integers read in it are ordinary operands."""
        if not form.gathers:
            return self.atom(Position(form), box)
        rest = Affine(tuple((a, c) for a, c in form.terms if isinstance(a, Index)), form.offset)
        terms = [mul(position(c), a) for a, c in form.terms if isinstance(a, Read)]
        return self.name(add(*terms, position(rest)), box)

    def read(self, read: Read, box: Box) -> Scalar:
        """A read as one strided view: of the tensor, of a padded copy of it, or of what was gathered."""
        if any(form.gathers for form in read.subscripts):
            return self.atom(read, box)
        if not read.guarded or not read.subscripts:
            return Read(read.tensor, read.subscripts)
        edges = [bounds(form, box) for form in read.subscripts]
        if any(edge is None for edge in edges):
            return self.atom(read, box)
        lows = [edge[0] for edge in edges if edge]
        extents = tuple(edge[1] - edge[0] + 1 for edge in edges if edge)
        padded = self.atom(
            Read(read.tensor, tuple(affine(Index(k)) + affine(low) for k, low in enumerate(lows)), True), extents
        )
        assert isinstance(padded, Read)
        inside = {Index(k): form + affine(-low) for k, (form, low) in enumerate(zip(read.subscripts, lows, strict=True))}
        return Read(padded.tensor, tuple(move_affine(form, inside) for form in padded.subscripts))

    # -- reductions other than sums

    def extreme(self, kind: str, term: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
        """max, min, prod, argmax, argmin or logsumexp of a term."""
        if kind in ("argmax", "argmin"):
            return self.atom(self.whole(term, box, over), box, kind, over)
        value = self.name(term, box)
        used = indices(value)
        within = [index for index in over if index in used]
        times = mul(*(position(box[index.key]) for index in over if index not in used))
        if kind == "prod":
            product = self.atom(value, box, kind, within) if within else value
            return product if times is number(1) else self.name(Apply("pow", (product, times)), box)
        if kind == "logsumexp":
            return self.logsumexp(value, box, within, times)
        return self.atom(value, box, kind, within) if within else value

    def whole(self, term: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
        """The value of a term that really has every reduced index: positions count for argmax."""
        value = self.name(term, box)
        missing = [index for index in over if index not in indices(value)]
        return value if not missing else self.name(add(term, *(mul(number(0), Position(affine(i))) for i in missing)), box)

    def logsumexp(self, value: Scalar, box: Box, over: Sequence[Index], times: Scalar) -> Scalar:
        """The largest is taken out first; where all are -inf (or one is inf) the shift stays finite."""
        if not over:
            return self.name(add(value, Apply("log", (times,))), box)
        largest = self.atom(value, box, "max", over)
        shift = self.name(Apply("min", (Apply("max", (largest, mul(number(-1), HUGE))), HUGE)), box)
        exponential = self.name(Apply("exp", (add(value, mul(number(-1), shift)),)), box)
        total = self.atom(exponential, box, "sum", over)
        return self.name(add(Apply("log", (mul(times, total),)), shift), box)


def static(term: Scalar) -> bool:
    """Whether it is a number that depends on sizes alone."""
    return not any(isinstance(part, Read) or (isinstance(part, Position) and part.affine.terms) for part in walk(term))


def plain_read(node: Node) -> Read:
    return Read(node, tuple(affine(Index(axis)) for axis in range(node.rank)))


def ones(extents: Iterable[Size]) -> Size:
    total = size(1)
    for extent in extents:
        total *= extent
    return total
