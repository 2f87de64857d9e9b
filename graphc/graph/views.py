"""Reshaping as affine maps: groups of axes are merged by a scatter, then split by a read.

Merging writes `out[…, b*i + j, …] = x[…, i, j, …]`; splitting reads `x[…, b*i + j, …]`. Axes that stay take part in
neither, and axes of extent 1 are read at 0, so that most reshapes are one node or none.
"""

from __future__ import annotations

from collections.abc import Sequence

from .extract import _letters
from .node import Map
from .scalar import Affine, Index, affine
from .size import Size, size
from .value import Value, at, axes, of_node


def regrouped(value: Value, shape: tuple[Size, ...]) -> Value:
    """The value under a shape of as many elements."""
    old = [axis for axis, extent in enumerate(value.extents) if extent.value != 1]
    new = [axis for axis, extent in enumerate(shape) if extent.value != 1]
    groups = _groups([value.extents[a] for a in old], [shape[a] for a in new])
    merged: list[Size] = []
    write: list[Affine] = []
    read: list[Affine] = []
    here, there = 0, 0
    for wide, narrow in groups:
        part = old[here : here + wide]
        merged.append(_product([value.extents[a] for a in part]))
        write.append(_mixed([(affine(Index(a)), value.extents[a]) for a in part]))
        part = new[there : there + narrow]
        read.append(_mixed([(affine(Index(a - len(shape))), shape[a]) for a in part]))
        here, there = here + wide, there + narrow
    return Value(shape, at(_written(value, merged, write), read))


def _written(value: Value, extents: list[Size], write: list[Affine]) -> Value:
    """The value with its groups merged; a node only where a group has more than one axis."""
    subscripts = [affine(0)] * value.rank
    for place, form in enumerate(write):
        if form.plain is None and form.terms:
            break
        for atom, _ in form.terms:
            assert isinstance(atom, Index)
            subscripts[atom.key] = affine(axes(len(extents))[place])
    else:
        return Value(tuple(extents), at(value, subscripts))
    body = at(value, [affine(Index(axis)) for axis in range(value.rank)])
    return of_node(Map(None, tuple(extents), value.extents, tuple(write), False, None, body, _letters(value.rank)))


def _groups(old: Sequence[Size], new: Sequence[Size]) -> list[tuple[int, int]]:
    """How many old and how many new axes belong together, from the left, in groups as small as can be."""
    groups: list[tuple[int, int]] = []
    here = there = 0
    while here < len(old) or there < len(new):
        wide, narrow = (1 if here < len(old) else 0), (1 if there < len(new) else 0)
        p, q = _product(old[here : here + wide]), _product(new[there : there + narrow])
        while p is not q:
            if here + wide < len(old) and (there + narrow >= len(new) or _divides(p, q)):
                wide += 1
                p = _product(old[here : here + wide])
            elif there + narrow < len(new):
                narrow += 1
                q = _product(new[there : there + narrow])
            elif here + wide < len(old):
                wide += 1
                p = _product(old[here : here + wide])
            else:  # only with an axis of 0, where any grouping is as good
                return [(len(old), len(new))]
        groups.append((wide, narrow))
        here, there = here + wide, there + narrow
    return groups


def _divides(small: Size, large: Size) -> bool:
    if small.value is not None and large.value is not None:
        return small.value < large.value
    try:
        return (large // small) * small is large
    except ValueError:
        return False


def _mixed(digits: list[tuple[Affine, Size]]) -> Affine:
    total = affine(0)
    for form, extent in digits:
        total = total.scaled(extent) + form
    return total


def _product(extents: Sequence[Size]) -> Size:
    total = size(1)
    for extent in extents:
        total *= extent
    return total
