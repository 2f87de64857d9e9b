"""`x[0]`, `x[:, 1:3]`, `x[..., ::2]` in Python: places that are whole numbers, as nodes with affine reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..language.errors import GraphcError
from .node import Node, plain_map
from .scalar import Affine, Index, affine
from .size import Size, size


def sliced(node: Node, places: Sequence[Any]) -> Node:
    """The part of a tensor that the places name; an axis that a number picks is gone."""
    extents: list[Size] = []
    subscripts: list[Affine] = []
    for axis, place in enumerate(_for_each_axis(node, places)):
        extent = node.extents[axis]
        if isinstance(place, slice):
            start, length, stride = _run(node, axis, place)
            subscripts.append(affine(Index(len(extents))).scaled(stride) + affine(start))
            extents.append(length)
        else:
            subscripts.append(affine(_place(node, axis, place, extent)))
    labels = "ijklmnopqrstuvwxyz"[: len(extents)]
    return plain_map(None, extents, node.read(subscripts), labels)


def _for_each_axis(node: Node, places: Sequence[Any]) -> list[Any]:
    dots = [k for k, place in enumerate(places) if place is Ellipsis]
    if len(dots) > 1 or len(places) - len(dots) > node.rank:
        raise GraphcError(f"{node!r} has {node.rank} axes, and here are {len(places)} subscripts")
    missing = [slice(None)] * (node.rank - len(places) + len(dots))
    if not dots:
        return [*places, *missing]
    return [*places[: dots[0]], *missing, *places[dots[0] + 1 :]]


def _place(node: Node, axis: int, place: Any, extent: Size) -> Size:
    """A number as a place on an axis, counted from the end if it is negative."""
    counted = _whole(node, place)
    at = extent + counted if counted < 0 else size(counted)
    if extent.value is not None and not 0 <= (at.value or 0) < extent.value:
        raise GraphcError(f"{counted} is outside axis {axis} of {node!r}, which has {extent} places")
    return at


def _run(node: Node, axis: int, given: slice) -> tuple[Size, Size, int]:
    """Where a slice starts, how many places it has, and how far they are apart."""
    extent = node.extents[axis]
    stride = 1 if given.step is None else _whole(node, given.step)
    if extent.value is not None:
        places = range(extent.value)[given]
        return size(places.start if places else 0), size(len(places)), stride
    if stride < 1:
        raise GraphcError(f"axis {axis} of {node!r} has no fixed size: a slice of it steps forwards")
    start, stop = _end(node, given.start, size(0), extent), _end(node, given.stop, extent, extent)
    length = stop - start
    return start, (length + (stride - 1)) // stride, stride


def _end(node: Node, end: Any, default: Size, extent: Size) -> Size:
    if end is None:
        return default
    counted = _whole(node, end)
    return extent + counted if counted < 0 else size(counted)


def _whole(node: Node, place: Any) -> int:
    try:
        return place.__index__()
    except AttributeError:
        raise GraphcError(f"{place!r} is no subscript of {node!r}: it takes whole numbers and slices") from None
