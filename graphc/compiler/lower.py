"""Nodes to atoms: what each kind of node is made of."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Map, Node, bounds, order
from ..graph.scalar import (
    ONE,
    Affine,
    Apply,
    Index,
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
from ..graph.size import never_negative, size
from .atoms import Atoms, Box
from .sums import total
from .windows import at, estimate, places, simple

# A power of two near the greatest float32: stands for infinity in a shift, where ∞ − ∞ must not arise.
HUGE = number(2**126)
FEW = 16  # places of a window that are taken one by one


def lower(roots: Sequence[Node]) -> tuple[Atoms, list[Scalar]]:
    """The atoms that the roots need, and what stands for each root's value over its axes."""
    atoms = Atoms()
    for node in order(roots):
        if isinstance(node, Map):
            atoms.current = node
            atoms.value[node] = value(atoms, node)
    return atoms, [atoms.through(atoms.plain_read(root)) for root in roots]


def value(atoms: Atoms, node: Map) -> Scalar:
    if not node.plain:
        return scatter(atoms, node)
    over = [Index(k) for k in range(node.rank, len(node.box))]
    if node.reduce is None or not over:
        term = node.body
        if node.reduce in ("argmax", "argmin"):
            return number(0)
        return atoms.name(term, node.box)
    if node.reduce == "sum":
        return total(atoms, node.body, node.box, over)
    return extreme(atoms, node.reduce, node.body, node.box, over)


def extreme(atoms: Atoms, kind: str, term: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
    """max, min, prod, argmax, argmin or logsumexp of a term."""
    operand = atoms.name(term, box)
    used = indices(operand)
    if kind not in ("prod", "logsumexp") and isinstance(operand, Read) and windowed(operand, over, box):
        return running(atoms, kind, operand, box, over)
    if kind in ("argmax", "argmin"):
        missing = [index for index in over if index not in used]
        for index in missing:  # every place counts, those that the term does not depend on too
            place = atoms.name(Position(affine(index)), box)
            zero = atoms.apply("sub", (place, place), box)
            operand = atoms.apply("add", (operand, zero), box)
        return atoms.atom(operand, box, kind, over)
    within = [index for index in over if index in used]
    times = mul(*(position(box[index.key]) for index in over if index not in used))
    if kind == "logsumexp":
        return logsumexp(atoms, operand, box, within, times)
    reduced = atoms.atom(operand, box, kind, within) if within else operand
    if kind == "prod" and times is not ONE:
        return atoms.name(Apply("pow", (reduced, times)), box)
    return reduced


def windowed(operand: Read, over: Sequence[Index], box: Box) -> bool:
    """Whether a reduction runs over a few places of windows, each place a slice of the tensor."""
    if any(index not in indices(operand) for index in over):
        return False
    return not simple(operand) and 1 < len(places(over, box, FEW)) and not any(f.gathers for f in operand.subscripts)


def running(atoms: Atoms, kind: str, operand: Read, box: Box, over: Sequence[Index]) -> Scalar:
    """The extreme of a window, place after place, and which place won: a later one only if it is strictly better."""
    combine, better = ("max", "gt") if kind.endswith("max") else ("min", "lt")
    best: Scalar | None = None
    winner: Scalar | None = None
    for number_, place in enumerate(places(over, box, FEW)):
        tap = at(operand, over, place)
        if best is None:
            best = tap
            continue
        if kind.startswith("arg"):
            beats = atoms.apply(better, (tap, best), box)
            nth = atoms.apply("nth", (beats, number(number_)), box)
            winner = nth if winner is None else atoms.apply("max", (winner, nth), box)
        best = atoms.apply(combine, (best, tap), box)
    value = winner if kind.startswith("arg") else best
    assert value is not None
    return value


def logsumexp(atoms: Atoms, operand: Scalar, box: Box, over: Sequence[Index], times: Scalar) -> Scalar:
    """The largest is taken out first; where all are −∞ (or one is ∞) the shift stays finite."""
    if not over:
        return atoms.name(add(operand, Apply("log", (times,))), box)
    largest = atoms.atom(operand, box, "max", over)
    shift = atoms.name(Apply("min", (Apply("max", (largest, mul(number(-1), HUGE))), HUGE)), box)
    exponential = atoms.name(Apply("exp", (add(operand, mul(number(-1), shift)),)), box)
    whole = atoms.atom(exponential, box, "sum", over)
    return atoms.name(add(Apply("log", (mul(times, whole),)), shift), box)


def scatter(atoms: Atoms, node: Map) -> Scalar:
    """What is not written is summed first; the rest is one write of one read."""
    write = tuple(atoms.subscript(form) for form in node.write)
    written = [index for index in (Index(k) for k in range(len(node.box))) if index not in set(node.reduced)]
    taps = chosen_taps(node)
    if taps:
        return by_taps(atoms, node, write, taps)
    part = total(atoms, node.body, node.box, list(node.reduced))
    fresh = {index: affine(Index(k)) for k, index in enumerate(written)}
    box = tuple(node.box[index.key] for index in written)
    part, write = move(part, fresh), tuple(move_affine(form, fresh) for form in write)
    edges = [bounds(form, box) for form in write]
    extents, shift = node.extents, [size(0)] * node.rank
    if node.guarded and all(edge is not None for edge in edges):
        fits = [bool(edge and never_negative(edge[0], 0) and never_negative(extent - 1 - edge[1], 0))
                for edge, extent in zip(edges, node.extents, strict=True)]  # fmt: skip
        if not all(fits):
            room = [_around(edge, extent) if edge and not fit else (size(0), extent)
                    for edge, fit, extent in zip(edges, fits, node.extents, strict=True)]  # fmt: skip
            if any(one is None for one in room):
                return _scattered(atoms, node.extents, box, write, True, part)
            shift = [one[0] for one in room if one]
            extents = tuple(one[1] for one in room if one)
    elif node.guarded:
        return _scattered(atoms, node.extents, box, write, True, part)
    moved = tuple(form + affine(-low) for form, low in zip(write, shift, strict=True))
    whole = _scattered(atoms, extents, box, moved, False, part)
    return Read(whole.tensor, tuple(affine(Index(k)) + affine(-low) for k, low in enumerate(shift)))


def chosen_taps(node: Map) -> list[Index]:
    """The indices of a window's places, where what is written depends on the place as such: on who has won there."""
    if node.guarded or node.reduced or any(form.gathers for form in node.write) or isinstance(node.body, Read):
        return []
    found = [
        atom
        for form in node.write
        if len(form.terms) > 1
        for atom, _ in sorted(form.terms, key=lambda term: estimate(node.box[term[0].key]))[:-1]  # type: ignore[union-attr]
        if isinstance(atom, Index)
    ]
    known = {a for part in walk(node.body) if isinstance(part, Position) for a, _ in part.affine.terms}
    few = 1 < len(places(found, node.box, FEW))
    return found if few and known and known <= set(found) else []


def by_taps(atoms: Atoms, node: Map, write: tuple[Affine, ...], taps: list[Index]) -> Scalar:
    """One operation for each place of the window, straight into the elements that it writes."""
    rest = [Index(k) for k in range(len(node.box)) if Index(k) not in taps]
    order_ = {index: affine(Index(k)) for k, index in enumerate([*taps, *rest])}
    box = tuple(node.box[index.key] for index in (*taps, *rest))
    body = move(node.body, order_)
    parts = []
    for place in places(taps, node.box, FEW):
        fixed = {Index(k): affine(value) for k, value in enumerate(place)}
        read = atoms.name(move(body, fixed), box)
        own = read.tensor.body if isinstance(read, Read) and isinstance(read.tensor, Map) else None
        if isinstance(own, Apply) and own.operation == "keep" and isinstance(read, Read):
            parts.append(move(own, {Index(axis): form for axis, form in enumerate(read.subscripts)}))
        else:
            parts.append(read)
    moved = tuple(move_affine(form, order_) for form in write)
    whole = Map(None, node.extents, box, moved, False, None, Apply("taps", tuple(parts)), ())
    return Atoms.plain_read(atoms.keep(whole))


def _around(edge, extent):  # type: ignore[no-untyped-def]
    """The least index and the number of elements of an axis that holds the tensor and all that is written."""
    low, high = edge
    if never_negative(-low, 0):
        first = low
    elif never_negative(low, 0):
        first = size(0)
    else:
        return None
    if never_negative(high + 1 - extent, 0):
        return first, high + 1 - first
    if never_negative(extent - 1 - high, 0):
        return first, extent - first
    return None


def _scattered(atoms: Atoms, extents: Box, box: Box, write, guarded: bool, part: Scalar) -> Read:  # type: ignore[no-untyped-def]
    return Atoms.plain_read(atoms.keep(Map(None, extents, box, write, guarded, None, part, ())))  # type: ignore[return-value]
