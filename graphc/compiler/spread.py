"""Scatters to atoms: what is summed before it is written, and windows taken place by place.

A write that may fall outside goes to a tensor with room for everything that is written, of which the inside is seen.
"""

from __future__ import annotations

from ..graph.node import Map, bounds
from ..graph.scalar import Affine, Apply, Index, Position, Read, Scalar, affine, move, move_affine, walk
from ..graph.size import Size, never_negative, size
from .atoms import Atoms, Box
from .sums import total
from .windows import FEW, fewest_first, places


def scatter(atoms: Atoms, node: Map, body: Scalar) -> Scalar:
    """What is not written is summed first; the rest is one write of one read."""
    write = tuple(atoms.subscript(form) for form in node.write)
    written = [index for index in (Index(k) for k in range(len(node.box))) if index not in set(node.reduced)]
    taps = chosen_taps(node, body)
    if taps:
        return by_taps(atoms, node, body, write, taps)
    part = total(atoms, body, node.box, list(node.reduced))
    fresh = {index: affine(Index(k)) for k, index in enumerate(written)}
    box = tuple(node.box[index.key] for index in written)
    part, write = move(part, fresh), tuple(move_affine(form, fresh) for form in write)
    if not node.guarded:
        return scattered(atoms, node.extents, box, write, False, part)
    rooms = [room(bounds(form, box), extent) for form, extent in zip(write, node.extents, strict=True)]
    if any(one is None for one in rooms):
        return scattered(atoms, node.extents, box, write, True, part)
    lows = [one[0] for one in rooms if one]
    inside = tuple(form + affine(-low) for form, low in zip(write, lows, strict=True))
    whole = scattered(atoms, tuple(one[1] for one in rooms if one), box, inside, False, part)
    return Read(whole.tensor, tuple(affine(Index(k)) + affine(-low) for k, low in enumerate(lows)))


def chosen_taps(node: Map, body: Scalar) -> list[Index]:
    """The indices of a window's places, where what is written depends on the place as such: on who has won there."""
    if node.guarded or node.reduced or any(form.gathers for form in node.write) or isinstance(body, Read):
        return []
    found = [index for form in node.write for index in fewest_first(form, node.box)[:-1]]
    known = {a for part in walk(body) if isinstance(part, Position) for a, _ in part.affine.terms}
    few = len(places(found, node.box, FEW)) > 1
    return found if few and known and known <= set(found) else []


def by_taps(atoms: Atoms, node: Map, body: Scalar, write: tuple[Affine, ...], taps: list[Index]) -> Scalar:
    """One operation for each place of the window, straight into the elements that it writes."""
    rest = [Index(k) for k in range(len(node.box)) if Index(k) not in taps]
    order_ = {index: affine(Index(k)) for k, index in enumerate([*taps, *rest])}
    box = tuple(node.box[index.key] for index in (*taps, *rest))
    body = move(body, order_)
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


def room(edges: tuple[Size, Size] | None, extent: Size) -> tuple[Size, Size] | None:
    """Where an axis begins, and how long it is, that holds the tensor and all that is written, if that can be said."""
    if edges is None:
        return None
    low, high = edges
    first = low if never_negative(-low, 0) else size(0) if never_negative(low, 0) else None
    if first is None:
        return None
    if never_negative(high + 1 - extent, 0):
        return first, high + 1 - first
    return (first, extent - first) if never_negative(extent - 1 - high, 0) else None


def scattered(atoms: Atoms, extents: Box, box: Box, write: tuple[Affine, ...], guarded: bool, part: Scalar) -> Read:
    return Atoms.plain_read(atoms.keep(Map(None, extents, box, write, guarded, None, part, ())))
