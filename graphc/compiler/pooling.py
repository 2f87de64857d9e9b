"""A mask behind a max pool is applied before the pool's adjoint spreads, where there are fewer elements.

A pool hands u back to the winner of each window, out[α(m)] += where(m won, u, 0). At the winner the pooled tensor has
the pool's own value, so a choice by that tensor may be made by the pool's value instead:
where(c(a[i]), 0, out[i]) is out′[i] with u′ = where(c(max a), 0, u). It is also right where windows overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Map, Node, order, plain_map
from ..graph.rebuild import rebuild
from ..graph.scalar import (
    ZERO,
    Affine,
    Apply,
    Index,
    Position,
    Read,
    Scalar,
    affine,
    indices,
    move_affine,
    reads,
    replace,
    transform,
)
from ..graph.scalar import where as choose
from .merge import merge


def mask_before_spreading(roots: Sequence[Node]) -> list[Node]:
    """The same values, with masks on what max pools hand back moved to the pools' side."""
    if not any(handed_back(node) for node in order(roots)):
        return list(roots)
    return merge(rebuild(roots, lambda node, _: masked(node)))


def masked(node: Map) -> Map:
    def change(part: Scalar) -> Scalar | None:
        if not isinstance(part, Apply) or part.operation != "where":
            return None
        condition, yes, no = part.arguments
        spread = no if yes is ZERO else yes if no is ZERO else None
        if not isinstance(spread, Read) or spread.guarded:
            return None
        found = handed_back(spread.tensor)
        asked = reads(condition)
        if found is None or len(asked) != 1 or indices(condition).keys() != indices(asked[0]).keys():
            return None
        if asked[0].tensor is not found.pooled or asked[0].subscripts != spread.subscripts or asked[0].guarded:
            return None
        best = replace(condition, {asked[0]: found.best})
        given = choose(best, ZERO, found.given) if yes is ZERO else choose(best, found.given, ZERO)
        old = found.node
        body = choose(found.won, given, ZERO)
        inner = Map(None, old.extents, old.box, old.write, old.guarded, old.reduce, body, old.labels)
        return Read(inner, spread.subscripts, False)

    return node.over(transform(node.body, change), node.write)


class HandedBack:
    """The parts of a pool's adjoint: who has won, what is given, the pooled tensor and its best as the box sees it."""

    def __init__(self, node: Map, won: Scalar, given: Scalar, pooled: Node, best: Read) -> None:
        self.node, self.won, self.given, self.pooled, self.best = node, won, given, pooled, best


def handed_back(node: Node) -> HandedBack | None:
    """Whether a node is out[α(m)] += where(place(m) == argmax a[α(m)], u, 0)."""
    if not isinstance(node, Map) or node.plain or node.guarded or node.reduced or not isinstance(node.body, Apply):
        return None
    if node.body.operation != "where" or node.body.arguments[2] is not ZERO:
        return None
    won, given, _ = node.body.arguments
    if not isinstance(won, Apply) or won.operation != "eq":
        return None
    winner = next((side for side in won.arguments if isinstance(side, Read)), None)
    place = next((side.affine for side in won.arguments if isinstance(side, Position)), None)
    if winner is None or place is None:
        return None
    first = winner.tensor
    if not isinstance(first, Map) or first.reduce not in ("argmax", "argmin") or not isinstance(first.body, Read):
        return None
    outer = [form.plain for form in winner.subscripts]
    inside = [index for index in map(Index, range(len(node.box))) if index not in outer]
    if None in outer or len(set(outer)) < len(outer) or len(outer) + len(inside) != len(first.box):
        return None
    # the window's indices stand in both boxes in one order, as the adjoint of an extreme has them
    seen: dict[Index, Affine] = {Index(k): affine(index) for k, index in enumerate([*outer, *inside]) if index}
    moved = tuple(move_affine(form, seen) for form in first.body.subscripts)
    if moved != node.write or first.body.guarded or place is not counted(inside, node):
        return None
    if any(
        node.box[index.key] is not extent for index, extent in zip([*outer, *inside], first.box, strict=True) if index
    ):
        return None
    best = plain_map(None, first.extents, first.body, first.labels, first.reduce[3:], first.box[first.rank :])
    return HandedBack(node, won, given, first.body.tensor, Read(best, winner.subscripts, False))


def counted(window: Sequence[Index], node: Map) -> Affine:
    """A place in the window as one number, which is what an argmax gives."""
    place = affine(0)
    for index in window:
        place = place.scaled(node.box[index.key]) + affine(index)
    return place
