"""A contribution as a body over the axes of its target: deltas collapse, sums of known value disappear.

Where each axis of the target is written by an index of its own, the rest of the box is summed. Everything else stays
a scatter, after what the write map does not mention has been contracted.
"""

from __future__ import annotations

from itertools import repeat

from ..graph.node import Map, bounds, plain_map
from ..graph.scalar import (
    UNIT,
    ZERO,
    Affine,
    Apply,
    Index,
    Position,
    Read,
    Scalar,
    add,
    affine,
    apply,
    gathers,
    indices,
    move,
    move_affine,
    mul,
    position,
    reads,
    transform,
    where,
)
from ..graph.size import Size, never_negative
from .adjoint import Contribution
from .derivative import times
from .known import known_sum
from .log import Log

Box = tuple[Size, ...]


def collect(given: Contribution, extents: tuple[Size, ...], log: Log) -> Scalar:
    """Σ of the contribution, as a body over the target's axes."""
    given = collapse(unshifted(given, extents), extents, log)
    if given.body is ZERO:
        return ZERO
    axes = whole_axes(given, extents)
    if axes is None:
        return _scatter(given, extents, log)
    rest = [Index(k) for k in range(len(given.box)) if Index(k) not in axes]
    return total(reordered(given, axes + rest), len(extents), log)


def unshifted(given: Contribution, extents: tuple[Size, ...]) -> Contribution:
    """Written at shifted or reversed places, t = c ± i, and nowhere else: then i = ±(t − c) is read instead."""
    inverse: dict[Index, Affine] = {}
    if not given.guarded and all(form.plain for form in given.write):
        return given
    box = list(given.box)
    for axis, form in enumerate(given.write):
        index, coefficient = form.terms[0] if len(form.terms) == 1 else (None, UNIT)
        if not isinstance(index, Index) or index in inverse or coefficient.value not in (1, -1):
            return given
        inverse[index] = affine(index).scaled(coefficient) + affine(-form.offset * coefficient)
        box[index.key] = extents[axis]
    fits = all(inside(form, given.box[index.key], tuple(box)) for index, form in inverse.items())
    if not fits:
        return given
    write = tuple(affine(index) for index in inverse)
    return Contribution(tuple(box), write, False, move(given.body, inverse), given.labels)


def whole_axes(given: Contribution, extents: tuple[Size, ...]) -> list[Index] | None:
    """The indices that write the target's axes, where each axis is written by a whole index of its own."""
    axes = [form.plain for form in given.write]
    if given.guarded or len(set(axes)) < len(axes):
        return None
    found = [index for index in axes if index is not None]
    whole = len(found) == len(axes) and all(given.box[i.key] is e for i, e in zip(found, extents, strict=True))
    return found if whole else None


def reordered(given: Contribution, places: list[Index]) -> Contribution:
    """The box with its indices in another order; those left out must not occur."""
    if all(old.key == k for k, old in enumerate(places)) and len(places) == len(given.box):
        return given
    new = {old: affine(Index(k)) for k, old in enumerate(places)}
    return Contribution(
        tuple(given.box[old.key] for old in places),
        tuple(move_affine(form, new) for form in given.write),
        given.guarded,
        move(given.body, new),
        tuple(given.labels[old.key] for old in places),
    )


def collapse(given: Contribution, extents: tuple[Size, ...], log: Log) -> Contribution:
    """Σᵢ δ(i, e)·f(i) = f(e): an index that a delta ties to the others is put in their terms."""
    while True:
        tied = _tied(given, given.body, whole_axes(given, extents) is not None)
        if tied is None:
            return given
        index, form, rest = tied
        keep = [Index(k) for k in range(len(given.box)) if Index(k) is not index]
        place = {index: form}
        body = move(rest, place)
        write = tuple(move_affine(f, place) for f in given.write)
        guarded = given.guarded
        for proved, condition in _limits(form, index, given.box):
            if not proved:  # where the condition is false, reads and writes may fall outside
                body = where(condition, _guarded(body, given.box), ZERO)
                guarded = guarded or not all(map(inside, write, extents, repeat(given.box)))
        after = reordered(Contribution(given.box, write, guarded, body, given.labels), keep)
        log.record("a sum over a delta", given.body, after.body)
        given = after


def _limits(form: Affine, index: Index, box: Box) -> list[tuple[bool, Scalar]]:
    """What must hold for `form` to be a value of the index, and whether it is known to hold always."""
    edges = bounds(form, box)
    length = box[index.key]
    return [
        (edges is not None and never_negative(edges[0], 0), apply("ge", position(form), ZERO)),
        (edges is not None and never_negative(length - 1 - edges[1], 0), apply("lt", position(form), position(length))),
    ]


def _guarded(body: Scalar, box: Box) -> Scalar:
    """The body with every read that may fall outside allowed to."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read) and not part.guarded:
            fits = all(map(inside, part.subscripts, part.tensor.extents, repeat(box)))
            return part if fits else Read(part.tensor, part.subscripts, True)
        return None

    return transform(body, change)


def inside(form: Affine, extent: Size, box: Box) -> bool:
    """Proved: a subscript stays on its axis, whatever the sizes are."""
    edges = bounds(form, box)
    return edges is not None and never_negative(edges[0], 0) and never_negative(extent - 1 - edges[1], 0)


def _tied(given: Contribution, body: Scalar, plain: bool) -> tuple[Index, Affine, Scalar] | None:
    """An index that the outermost delta of the body fixes, what it is then, and the body without the delta."""
    if not (isinstance(body, Apply) and body.operation == "where" and body.arguments[2] is ZERO):
        return None
    condition, rest, _ = body.arguments
    if is_delta(body):
        left, right = (side.affine for side in condition.children)  # type: ignore[attr-defined]
        difference = left + right.scaled(-1)
        written = {atom for form in given.write for atom, _ in form.terms} if plain else set()
        lookups = [*gathers(given.body), *(read for form in given.write for read in form.gathers)]
        fetching = {index for read in lookups for index in indices(read)}
        for atom, coefficient in reversed(difference.terms):
            if not isinstance(atom, Index) or coefficient.value not in (1, -1) or atom in written:
                continue
            others = Affine(tuple(term for term in difference.terms if term[0] is not atom), difference.offset)
            form = others.scaled(-coefficient.value)
            if any(atom in indices(read) for read in others.gathers):
                continue
            if atom in fetching and not all(proved for proved, _ in _limits(form, atom, given.box)):
                continue  # an integer that is not there cannot be looked up
            return atom, form, rest
    inner = _tied(given, rest, plain)
    return None if inner is None else (inner[0], inner[1], where(condition, inner[2], ZERO))


def is_delta(body: Scalar) -> bool:
    """`where(i == j, …, 0)`, with index expressions on both sides."""
    if not (isinstance(body, Apply) and body.operation == "where" and body.arguments[2] is ZERO):
        return False
    condition = body.arguments[0]
    return (
        isinstance(condition, Apply)
        and condition.operation == "eq"
        and all(isinstance(side, Position) for side in condition.arguments)
    )


def total(given: Contribution, rank: int, log: Log) -> Scalar:
    """The sum over the indices from `rank` on, as a body over the first ones."""
    over = [Index(k) for k in range(rank, len(given.box))]
    if not over:
        return given.body
    if given.body is ZERO:
        return ZERO
    factors = given.body.arguments if isinstance(given.body, Apply) and given.body.operation == "mul" else (given.body,)
    depends = {factor: [index for index in indices(factor) if index in over] for factor in factors}
    outside = [factor for factor in factors if not depends[factor]]
    inside = [factor for factor in factors if depends[factor]]
    alone = [index for index in over if not any(index in depends[factor] for factor in inside)]
    outside += [position(given.box[index.key]) for index in alone]  # Σ over an index that does not occur
    over = [index for index in over if index not in alone]
    if not inside:
        return mul(*outside)
    body = mul(*inside)
    known = known_sum(body, over, given.box)
    if known is not None:
        log.record(known.why, body, known.value, conditions=known.conditions)
        return mul(*outside, known.value)
    split = _split(given, body, over, rank, log)
    if split is not None:
        return times(*outside, split)
    node = _sum(given, body, over, rank)
    return times(*outside, node)


def _sum(given: Contribution, body: Scalar, over: list[Index], rank: int) -> Read:
    """Σ of a body as a node of its own, over those of the first `rank` indices that the body depends on."""
    used = [index for index in indices(body) if index.key < rank]
    axes = sorted(used, key=lambda index: index.key)
    shaped = reordered(Contribution(given.box, (), False, body, given.labels), axes + over)
    count = len(axes)
    node = plain_map(None, shaped.box[:count], shaped.body, shaped.labels, "sum", shaped.box[count:])
    return node.read(map(affine, axes))


def _split(given: Contribution, body: Scalar, over: list[Index], rank: int, log: Log) -> Scalar | None:
    """Σ(a + b) as Σa + Σb, where that leaves no more sums to do than before."""
    if not (isinstance(body, Apply) and body.operation == "add"):
        return None
    order = [Index(k) for k in range(rank)] + over
    attempt = Log()
    parts = [
        total(reordered(Contribution(given.box, (), False, term, given.labels), order), rank, attempt)
        for term in body.arguments
    ]
    if sum(1 for part in parts if _sums(part)) > 1 or all(_sums(part) for part in parts):
        return None
    log.steps.extend(attempt.steps)
    return add(*parts)


def _sums(part: Scalar) -> bool:
    return any(isinstance(r.tensor, Map) and r.tensor.name is None and r.tensor.reduce for r in reads(part))


def _scatter(given: Contribution, extents: tuple[Size, ...], log: Log) -> Scalar:
    """A scatter over the indices that the write map mentions; the others are summed first, into a node."""
    written: dict[Index, None] = {}
    for form in given.write:
        for atom, _ in form.terms:
            written.update(dict.fromkeys([atom] if isinstance(atom, Index) else indices(atom)))
    kept = sorted(written, key=lambda index: index.key)
    rest = [Index(k) for k in range(len(given.box)) if Index(k) not in written]
    shaped = reordered(given, kept + rest)
    body = total(shaped, len(kept), log)
    if body is ZERO:
        return ZERO
    count = len(kept)
    node = Map(None, extents, shaped.box[:count], shaped.write, shaped.guarded, "sum", body, shaped.labels[:count])
    return node.read(affine(Index(axis)) for axis in range(len(extents)))
