"""Sums as a person does them: deltas pick a term, what does not depend on an index is drawn out, the rest is nested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace as replaced

from ..calculus.adjoint import Contribution
from ..calculus.collect import collapse, reordered, unshifted, whole_axes
from ..calculus.known import known_sum
from ..calculus.log import Log
from ..calculus.structure import constant
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
    mul,
    position,
    power,
    reads,
    rewrite,
    transform,
    where,
)
from ..graph.size import Size, size
from .paper import ahead, common, delta, factors, on_paper, terms
from .plain import plainer


def whole(given: Contribution, extents: tuple[Size, ...], drawn: bool = False) -> Scalar:
    """The contribution as a body over the axes it is written to, summed at once over everything else.

    Constant factors are drawn out in front if wished, but for the share of a mean.
    """
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
    over = rest_of(shaped, len(axes))
    if not drawn:
        return _sum(shaped, shaped.body, over)
    share = power(position(_count(shaped, over)), -1)
    parts = factors(shaped.body)
    outside = [part for part in parts if constant(part) and part is not share]
    return mul(*outside, _sum(shaped, mul(*(part for part in parts if part not in outside)), over))


def settled(given: Contribution, extents: tuple[Size, ...]) -> Scalar:
    """The same with every delta collapsed and every sum as small as it can be."""
    given = unshifted(given, extents)
    axes = whole_axes(given, extents)
    if axes is None:
        return add(*(_scattered(replaced(given, body=term), extents) for term in _split(given, _written(given)[0])))
    rest = [Index(k) for k in range(len(given.box)) if Index(k) not in axes]
    return nested(reordered(given, axes + rest), len(axes))


def _scattered(given: Contribution, extents: tuple[Size, ...]) -> Scalar:
    given = _collapsed(given, extents)
    if given.body is ZERO:
        return ZERO
    axes = whole_axes(given, extents)
    if axes is not None:
        rest = [Index(k) for k in range(len(given.box)) if Index(k) not in axes]
        return nested(reordered(given, axes + rest), len(axes))
    return whole(given, extents)


def _collapsed(given: Contribution, extents: tuple[Size, ...]) -> Contribution:
    """Deltas are put in front as conditions, used where they fix an index, and put back where they do not."""
    body: list[Scalar] = []
    conditions: list[Scalar] = []
    for factor in factors(given.body):
        (body if delta(factor) is None else conditions).append(factor)
    if not conditions:
        return given
    inner = mul(*body)
    for condition in reversed(conditions):
        inner = where(condition.children[0], inner, ZERO)
    done = collapse(replaced(given, body=inner), extents, Log())
    return replaced(done, body=on_paper(done.body))


def _split(given: Contribution, held: Collection[Index]) -> tuple[Scalar, ...]:
    """The terms of a sum of which a delta fixes some index that is not held; else the body as it is."""
    parts = factors(given.body)
    for place, factor in enumerate(parts):
        if isinstance(factor, Apply) and factor.operation == "add" and any(ties(t, held) for t in terms(factor)):
            return tuple(mul(*parts[:place], term, *parts[place + 1 :]) for term in terms(factor))
    return (given.body,)


def ties(term: Scalar, held: Collection[Index]) -> bool:
    """Whether a delta among the factors fixes an index other than those held."""
    for factor in factors(term):
        sides = delta(factor)
        if sides is not None and any(
            isinstance(atom, Index) and atom not in held for form in sides for atom, _ in form.terms
        ):
            return True
    return False


def _tied(part: Scalar) -> Iterator[Index]:
    """The indices that the deltas of a factor speak of, also of the terms of a sum."""
    for term in terms(part):
        for factor in factors(term):
            for form in delta(factor) or ():
                yield from (atom for atom, _ in form.terms if isinstance(atom, Index))


def _written(given: Contribution) -> tuple[list[Index], list[Index]]:
    """The indices that the write map mentions, and the others."""
    found: dict[Index, None] = {}
    for form in given.write:
        for atom, _ in form.terms:
            found.update(dict.fromkeys([atom] if isinstance(atom, Index) else indices(atom)))
    every = [Index(k) for k in range(len(given.box))]
    return [index for index in every if index in found], [index for index in every if index not in found]


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
        tied = {atom for part in parts for atom in _tied(part) if atom in over}
        first = min(tied or over, key=lambda index: (touching[index][-1], len(touching[index]), index.key))
        group = touching[first]
        inside = sorted((i for i in over if set(touching[i]) <= set(group)), key=lambda index: index.key)
        inside = [first] if tied else inside
        body = [parts[k] for k in group]
        share = power(position(_count(given, inside)), -1)
        rest = [part for k, part in enumerate(parts) if k not in group]
        if share in rest and set(inside) == over:  # a mean
            rest.remove(share)
            body.insert(0, share)
        place = sum(1 for part in parts[: group[-1]] if part in rest)
        rest[place:place] = factors(_group(given, mul(*body), inside))
        parts, over = list(factors(on_paper(mul(*rest)))), over - set(inside)
    return on_paper(mul(*parts))


def drawn_out(body: Scalar, opened: Callable[[Scalar], Scalar]) -> Scalar:
    """The body, opened, with what an index does not touch drawn out of each sum that has no name."""

    def change(part: Scalar) -> Scalar | None:
        node = part.tensor if isinstance(part, Read) else None
        if not isinstance(node, Map) or node.name or node.reduce != "sum" or not node.plain or node.guarded:
            return None
        inner = rewrite(drawn_out(node.body, opened), plainer)
        rest = [Index(k) for k in range(node.rank, len(node.box))]
        if all(any(index in indices(factor) for index in rest) for factor in factors(inner)):
            return None
        value = nested(Contribution(node.box, node.write, node.guarded, inner, node.labels), node.rank)
        return move(value, {Index(axis): form for axis, form in enumerate(part.subscripts)})  # type: ignore[attr-defined]

    return transform(opened(body), change)


def unsettled(given: Contribution, rank: int) -> Scalar:
    """The sum over the indices from `rank` on, with every delta as it is; only what no index touches is outside."""
    over = rest_of(given, rank)
    parts = factors(given.body)
    touched = [any(index in indices(part) for index in over) for part in parts]
    share = power(position(_count(given, over)), -1)
    mean = share in parts
    inside = [part for part, one in zip(parts, touched, strict=True) if one or (mean and part is share)]
    outside = [part for part in parts if part not in inside]
    place = touched.index(True) if True in touched else 0
    before = [part for part in parts[:place] if part in outside]
    behind = [part for part in parts[place:] if part in outside]
    return mul(*before, _sum(given, mul(*inside), over), *behind)


def _count(given: Contribution, over: list[Index]) -> Size:
    count = size(1)
    for index in over:
        count *= given.box[index.key]
    return count


def _group(given: Contribution, body: Scalar, inside: list[Index]) -> Scalar:
    """One of the nested sums, its deltas used."""
    held = [index for index in indices(body) if index not in inside]
    shaped = reordered(Contribution(given.box, (), False, body, given.labels), held + inside)
    first = [Index(k) for k in range(len(held))]
    shaped = replaced(shaped, write=tuple(map(affine, first)))
    found = []
    split = _split(shaped, first)
    for term in split:
        if not ties(term, first):
            apart = len(split) > 1
            alone = replaced(shaped, body=term)
            found.append(nested(alone, len(held)) if apart else _sum(alone, term, rest_of(alone, len(held))))
            continue
        after = _collapsed(replaced(shaped, body=term), shaped.box[: len(held)])
        if len(after.box) == len(shaped.box):  # this delta fixes nothing
            found.append(_sum(after, after.body, rest_of(after, len(held))))
        else:
            found.append(nested(after, len(held)))
    total = found[0] if len(found) == 1 else common(ahead(add(*found)))
    return move(total, {Index(k): affine(index) for k, index in enumerate(held)})


def _sum(given: Contribution, body: Scalar, over: list[Index]) -> Scalar:
    """Σ of a body as a node of its own, over the other indices that the body depends on."""
    if body is ZERO:
        return ZERO
    if any(index not in indices(body) for index in over):
        counted = [index for index in over if index not in indices(body)]
        size_ = position(_count(given, counted))
        rest = [index for index in over if index not in counted]
        return mul(size_, _sum(given, body, rest)) if rest else mul(size_, body)
    axes = sorted((index for index in indices(body) if index not in over), key=lambda index: index.key)
    shaped = reordered(Contribution(given.box, (), False, body, given.labels), axes + over)
    count = len(axes)
    node = plain_map(None, shaped.box[:count], shaped.body, shaped.labels, "sum", shaped.box[count:])
    return node.read(map(affine, axes))


class KnownSums:
    """Sums of which the value is known, with the reasons and the conditions of those that were found."""

    def __init__(self) -> None:
        self.reasons: dict[str, None] = {}
        self.conditions: dict[str, None] = {}
        self.means: dict[Map, None] = {}  # what is known to be a mean
        self._memo: dict[Scalar, Scalar] = {}

    def put(self, body: Scalar) -> Scalar:
        """The body with these values in place of the sums, also inside of other sums."""
        after = transform(body, self._value, self._memo)
        return body if after is body else rewrite(on_paper(after), _positive_first)

    def _value(self, part: Scalar) -> Scalar | None:
        node = part.tensor if isinstance(part, Read) else None
        if not isinstance(node, Map) or node.name or node.reduce != "sum":
            return None
        over = [Index(k) for k in range(node.rank, len(node.box))]
        fixed = [factor for factor in factors(node.body) if constant(factor)]
        rest = mul(*(factor for factor in factors(node.body) if factor not in fixed))
        known = known_sum(rest, over, node.box) if node.plain else None
        if known is None:
            return Read(node.over(self.put(node.body), node.write), part.subscripts, part.guarded)  # type: ignore[attr-defined]
        self.reasons[known.why] = None
        self.conditions.update(dict.fromkeys(known.conditions))
        self.means.update(dict.fromkeys(read.tensor for read in reads(rest) if isinstance(read.tensor, Map)))
        place = {Index(axis): form for axis, form in enumerate(part.subscripts)}  # type: ignore[attr-defined]
        return move(mul(*fixed, known.value), place)


def _positive_first(part: Scalar) -> Scalar:
    return ahead(part) if isinstance(part, Apply) and part.operation == "add" else part
