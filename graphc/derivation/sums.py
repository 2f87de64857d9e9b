"""Sums as a person does them: deltas pick a term, what does not depend on an index is drawn out, the rest is nested."""

from __future__ import annotations

from dataclasses import replace as replaced

from ..calculus.adjoint import Contribution
from ..calculus.collect import collapse, unshifted, whole_axes
from ..calculus.known import known_sum
from ..calculus.log import Log
from ..graph.node import Map, plain_map
from ..graph.scalar import (
    ZERO,
    Apply,
    Index,
    Read,
    Scalar,
    add,
    affine,
    indices,
    move,
    move_affine,
    mul,
    position,
    power,
    transform,
    walk,
    where,
)
from ..graph.size import Size, size
from .paper import delta, factors, on_paper, terms


def whole(given: Contribution, extents: tuple[Size, ...]) -> Scalar:
    """The contribution as a body over the axes it is written to, summed at once over everything else."""
    axes = whole_axes(given, extents)
    if axes is None:
        kept, rest = _written(given)
        shaped = reordered(given, kept + rest)
        node = Map(None, extents, shaped.box, shaped.write, shaped.guarded, "sum", shaped.body, shaped.labels)
        return node.read(affine(Index(axis)) for axis in range(len(extents)))
    rest = [Index(k) for k in range(len(given.box)) if Index(k) not in axes]
    shaped = reordered(given, axes + rest)
    if not rest:
        return shaped.body
    return _sum(shaped, shaped.body, rest_of(shaped, len(axes)), len(axes))


def settled(given: Contribution, extents: tuple[Size, ...]) -> Scalar:
    """The same with every delta collapsed and every sum as small as it can be."""
    given = unshifted(given, extents)
    return add(*(_settled(replaced(given, body=term), extents) for term in _split(given)))


def _settled(given: Contribution, extents: tuple[Size, ...]) -> Scalar:
    given = _collapsed(given, extents)
    if given.body is ZERO:
        return ZERO
    axes = whole_axes(given, extents)
    if axes is not None:
        rest = [Index(k) for k in range(len(given.box)) if Index(k) not in axes]
        return nested(reordered(given, axes + rest), len(axes))
    kept, rest = _written(given)
    shaped = reordered(given, kept + rest)
    count = len(kept)
    body = nested(shaped, count)
    node = Map(None, extents, shaped.box[:count], shaped.write, shaped.guarded, "sum", body, shaped.labels[:count])
    return node.read(affine(Index(axis)) for axis in range(len(extents)))


def _collapsed(given: Contribution, extents: tuple[Size, ...]) -> Contribution:
    """Deltas are put in front as conditions, used where they fix an index, and put back where they do not."""
    body, conditions = [], []
    for factor in factors(given.body):
        (body if delta(factor) is None else conditions).append(factor)
    if not conditions:
        return given
    inner = mul(*body)
    for condition in reversed(conditions):
        inner = where(condition.children[0], inner, ZERO)
    done = collapse(replaced(given, body=inner), extents, Log())
    return replaced(done, body=on_paper(done.body))


def _split(given: Contribution) -> tuple[Scalar, ...]:
    """The terms of a sum of which a delta fixes some index; else the body as it is."""
    parts = factors(given.body)
    written = {atom for form in given.write for atom, _ in form.terms}
    for place, factor in enumerate(parts):
        if (
            isinstance(factor, Apply)
            and factor.operation == "add"
            and any(map(lambda t: _ties(t, written), terms(factor)))
        ):
            return tuple(mul(*parts[:place], term, *parts[place + 1 :]) for term in terms(factor))
    return (given.body,)


def _ties(term: Scalar, written: set[Index | Read]) -> bool:
    for factor in factors(term):
        sides = delta(factor)
        if sides is not None and any(atom not in written for form in sides for atom, _ in form.terms):
            return True
    return False


def _written(given: Contribution) -> tuple[list[Index], list[Index]]:
    """The indices that the write map mentions, and the others."""
    found: dict[Index, None] = {}
    for form in given.write:
        for atom, _ in form.terms:
            found.update(dict.fromkeys([atom] if isinstance(atom, Index) else indices(atom)))
    every = [Index(k) for k in range(len(given.box))]
    return [index for index in every if index in found], [index for index in every if index not in found]


def reordered(given: Contribution, places: list[Index]) -> Contribution:
    """The box with its indices in another order; those left out must not occur."""
    new = {old: affine(Index(k)) for k, old in enumerate(places)}
    return Contribution(
        tuple(given.box[old.key] for old in places),
        tuple(move_affine(form, new) for form in given.write),
        given.guarded,
        move(given.body, new),
        tuple(given.labels[old.key] for old in places),
    )


def rest_of(given: Contribution, rank: int) -> list[Index]:
    return [Index(k) for k in range(rank, len(given.box))]


def nested(given: Contribution, rank: int) -> Scalar:
    """The sum over the indices from `rank` on. What an index does not touch is drawn out of its sum."""
    parts = list(factors(given.body))
    over = set(rest_of(given, rank))
    counted = [index for index in over if not any(index in indices(part) for part in parts)]
    parts = [*(position(given.box[index.key]) for index in counted), *parts]
    over -= set(counted)
    while over:
        touching = {index: [k for k, part in enumerate(parts) if index in indices(part)] for index in over}
        first = min(over, key=lambda index: (len(touching[index]), index.key))
        group = touching[first]
        inside = sorted((i for i in over if set(touching[i]) <= set(group)), key=lambda index: index.key)
        body = [parts[k] for k in group]
        share = power(position(_count(given, inside)), -1)
        rest = [part for k, part in enumerate(parts) if k not in group]
        if share in rest and set(inside) == over:  # a mean
            rest.remove(share)
            body.insert(0, share)
        place = sum(1 for part in parts[: group[0]] if part in rest)
        rest.insert(place, _sum(given, mul(*body), inside, rank))
        parts, over = rest, over - set(inside)
    return mul(*parts)


def _count(given: Contribution, over: list[Index]) -> Size:
    count = size(1)
    for index in over:
        count *= given.box[index.key]
    return count


def _sum(given: Contribution, body: Scalar, over: list[Index], rank: int) -> Read:
    """Σ of a body as a node of its own, over the other indices that the body depends on."""
    axes = sorted((index for index in indices(body) if index not in over), key=lambda index: index.key)
    shaped = reordered(Contribution(given.box, (), False, body, given.labels), axes + over)
    count = len(axes)
    node = plain_map(None, shaped.box[:count], shaped.body, shaped.labels, "sum", shaped.box[count:])
    return node.read(map(affine, axes))


def with_known_sums(body: Scalar) -> tuple[Scalar, tuple[str, ...], tuple[str, ...]]:
    """Sums of which the value is known, with the reasons and the conditions."""
    reasons: dict[str, None] = {}
    conditions: dict[str, None] = {}
    found: dict[Scalar, Scalar] = {}
    for part in walk(body):
        node = part.tensor if isinstance(part, Read) else None
        if not isinstance(node, Map) or node.name or node.reduce != "sum" or not node.plain:
            continue
        place = {Index(axis): form for axis, form in enumerate(part.subscripts)}  # type: ignore[attr-defined]
        known = known_sum(node.body, [Index(k) for k in range(node.rank, len(node.box))], node.box)
        if known is not None:
            found[part] = move(known.value, place)
            reasons[known.why] = None
            conditions.update(dict.fromkeys(known.conditions))
    return transform(body, found.get), tuple(reasons), tuple(conditions)
