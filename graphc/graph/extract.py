"""From bodies with reductions inside to nodes with at most one reduction, at the root."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from .node import Map, Node, bounds, plain_map
from .scalar import (
    Affine,
    Index,
    Position,
    Read,
    Reduce,
    Scalar,
    affine,
    indices,
    move_affine,
    mul,
    position,
    power,
    rewrite,
    transform,
    walk,
)
from .size import Size, never_negative, size
from .value import Value, at, axes, is_open, of_node

LETTERS = "ijklmnopqrstuvwxyzabcdefgh"


def settled(value: Value) -> Value:
    """The value with its reductions as nodes, unless it hangs on an index that is still open."""
    body = flat(value.body, value.extents)
    return value if body is value.body else Value(value.extents, body, value.name)


def as_node(value: Value, name: str | None = None, labels: Sequence[str] = ()) -> Node:
    """The value as one tensor; a value that is one already stays that one, unless it is to have another name."""
    rank = value.rank
    body = value.body
    root = body if isinstance(body, Reduce) else None
    if root is not None and root.kind is None:
        return as_node(Value(value.extents, root.body, value.name), name, labels)
    inner = flat(root.body if root else body, value.extents, labels)
    if root is None and isinstance(inner, Read) and _whole(inner, value.extents):
        if name is None:
            return inner.tensor
        if isinstance(inner.tensor, Map) and inner.tensor.name is None:
            return _renamed(inner.tensor, name, labels)
    written = tuple(labels) or _letters(rank)
    if root is None:
        return _map(name, axes(rank), value.extents, inner, written, None, ())
    return _map(name, axes(rank), value.extents, inner, written, root.kind, root.indices)


def node_value(value: Value) -> Value:
    """The same value, read from a node of its own where that can be made now."""
    if is_open(value):
        return value
    made = of_node(as_node(value))
    return Value(made.extents, made.body, value.name or made.name)


def flat(body: Scalar, extents: tuple[Size, ...] = (), labels: Sequence[str] = ()) -> Scalar:
    """The body with every reduction inside it a node; as it is while one of its indices is still open."""

    def extent(index: Index) -> Size | None:
        return extents[index.key] if isinstance(index.key, int) else index.key.extent

    def change(part: Scalar) -> Scalar:
        if not isinstance(part, Reduce):
            return part
        free = sorted(indices(part), key=_rank)
        known = [extent(index) for index in free]
        names = _names(free, labels or _letters(len(extents)))
        node = _map(None, free, tuple(known), part.body, names, part.kind, part.indices)  # type: ignore[arg-type]
        return node.read(map(affine, free))

    reductions = [part for part in walk(body) if isinstance(part, Reduce)]
    if not reductions:
        return body
    used = chain(indices(body), *(part.indices for part in reductions))
    if any(extent(index) is None for index in used):
        return body
    return rewrite(body, change)


def _rank(index: Index) -> tuple[int, int]:
    """Axes first, then indices as they were bound, outer before inner."""
    return (0, index.key) if isinstance(index.key, int) else (1, index.key.number)


def _names(free: Iterable[Index], labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(labels[i.key] if isinstance(i.key, int) else i.key.name for i in free)


def _letters(rank: int) -> tuple[str, ...]:
    return tuple(LETTERS[axis] if axis < 26 else f"i{axis}" for axis in range(rank))


def _map(
    name: str | None,
    free: Sequence[Index],
    extents: tuple[Size, ...],
    body: Scalar,
    labels: Sequence[str],
    kind: str | None,
    reduced: tuple[Index, ...],
) -> Map:
    over = tuple(index.key.extent for index in reduced)
    if kind == "mean":
        elements = size(1)
        for extent in over:
            elements *= extent
        kind, body = "sum", mul(power(position(elements), -1), body)
    places = {index: affine(Index(k)) for k, index in enumerate((*free, *reduced))}
    body = placed(body, places, extents + over)
    names = distinct([*labels, *(index.key.name for index in reduced)])
    return plain_map(name, extents, body, names, kind, over)


def placed(body: Scalar, places: dict[Index, Affine], box: tuple[Size, ...]) -> Scalar:
    """The body over a box, without guards that can never be needed."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            forms = tuple([move_affine(form, places) for form in part.subscripts])
            return Read(part.tensor, forms, part.guarded and not _inside(forms, part.tensor, box))
        if isinstance(part, Position):
            return position(move_affine(part.affine, places))
        return None

    return transform(body, change)


def _inside(forms: tuple[Affine, ...], tensor: Node, box: tuple[Size, ...]) -> bool:
    for form, extent in zip(forms, tensor.extents, strict=True):
        edges = bounds(form, box)
        if edges is None or not never_negative(edges[0], 0) or not never_negative(extent - 1 - edges[1], 0):
            return False
    return True


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Labels of one box, each different: a later one that is taken becomes a free letter."""
    out: dict[str, None] = {}
    spare = (name for name in chain(LETTERS, (f"i{k}" for k in count())) if name not in names)
    for name in names:
        out[next(spare) if name in out else name] = None
    return tuple(out)


def _whole(read: Read, extents: tuple[Size, ...]) -> bool:
    """Whether a read over the axes is the whole tensor as it is."""
    return (
        not read.guarded
        and read.tensor.extents == extents
        and all(form.plain is index for form, index in zip(read.subscripts, axes(len(extents)), strict=True))
    )


def _renamed(node: Map, name: str, labels: Sequence[str]) -> Map:
    names = node.labels
    if labels and node.plain:
        names = distinct([*labels, *node.labels[node.rank :]])
    return Map(name, node.extents, node.box, node.write, node.guarded, node.reduce, node.body, names)


__all__ = ["as_node", "at", "distinct", "flat", "node_value", "settled"]
