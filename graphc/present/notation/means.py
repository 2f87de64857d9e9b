"""How many places a mean is over, so that it can be written as a sum: read off the tensors that its body reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ...graph.arithmetic import size_expression
from ...graph.size import Size, size
from ...language import expression as e

if TYPE_CHECKING:
    from .meaning import Notation

Expression = e.Expression


def mean_share(reduction: e.Reduce, notation: Notation) -> Expression | None:
    """What the sum is divided by; None for no mean, and where an extent cannot be told."""
    if reduction.kind != "mean":
        return None
    places = size(1)
    found = dict(_extents(reduction.body, {index.name for index in reduction.indices}, notation))
    for index in reduction.indices:
        extent = _given(index.extent) if index.extent is not None else found.get(index.name)
        if extent is None:
            return None
        places *= extent
    return size_expression(places)


def _given(extent: Expression) -> Size | None:
    if isinstance(extent, e.Name):
        return size(extent.name)
    whole = isinstance(extent, e.Number) and extent.value.denominator == 1
    return size(int(extent.value)) if whole else None  # type: ignore[attr-defined]


def _extents(body: Expression, wanted: set[str], notation: Notation) -> Iterator[tuple[str, Size]]:
    """Indices that read an axis alone, each with the extent of that axis."""
    pending, seen = [body], set()
    while pending and wanted:
        part = pending.pop()
        if part in seen or (isinstance(part, e.Reduce) and any(one.name in wanted for one in part.indices)):
            continue  # a sum in which the letter means another index
        seen.add(part)
        if isinstance(part, e.Subscript) and isinstance(part.base, e.Name):
            for place, extent in _axes(part.base.name, part.subscripts, notation):
                if isinstance(place, e.Name) and place.name in wanted:
                    wanted.discard(place.name)
                    yield place.name, extent
        pending.extend(part.children)


def _axes(name: str, at: Sequence[Expression], notation: Notation) -> Iterator[tuple[Expression, Size]]:
    record = notation.derivatives.get(name)
    if record is None:
        yield from zip(at, notation.extents.get(name, ()), strict=False)
        return
    places: Mapping[str, Expression] = dict(zip(record.parameters, at, strict=False))
    for tensor, own in ((record.of, record.of_at), (record.by, record.by_at)):
        for place, extent in zip(own, notation.extents.get(tensor, ()), strict=False):
            if isinstance(place, e.Name) and place.name in places:
                yield places[place.name], extent
