"""Sums: products of factors over different indices become contractions, two operands at a time.

The factors of a product are grouped by the indices that they use, and each group is an operand, so that in
Σ (ŷ[i] − t[i])·x[i,j] a matrix product is seen. What does not depend on the summed indices is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..graph.node import Leaf, Map
from ..graph.scalar import Apply, Index, Read, Scalar, add, affine, indices, move, mul, position
from .atoms import Atoms, Box
from .windows import bound, elements, fewest_first, window_hint

Operand = tuple[frozenset[Index], Scalar]


def total(atoms: Atoms, term: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
    """An operand for Σ over the indices of a term."""
    used = indices(term)
    within = [index for index in over if index in used]
    if len(within) < len(over):
        times = mul(*(position(box[index.key]) for index in over if index not in used))
        return atoms.name(mul(times, total(atoms, term, box, within)), box)
    if not within:
        return atoms.name(term, box)
    if isinstance(term, Apply) and term.operation == "add" and any(contracts(t, within) for t in term.arguments):
        return atoms.name(add(*(total(atoms, part, box, within) for part in term.arguments)), box)
    factors = term.arguments if isinstance(term, Apply) and term.operation == "mul" else (term,)
    outside = [factor for factor in factors if not set(indices(factor)) & set(within)]
    inside = [factor for factor in factors if factor not in outside]
    groups = grouped(atoms, inside, box)
    left = {index for used_, _ in groups for index in used_}  # a value may depend on less than its formula
    outside += [position(box[index.key]) for index in within if index not in left]
    within = [index for index in within if index in left]
    kept = {index for used_, _ in groups for index in used_} - set(within)
    result = elements(kept, box)
    behind = []
    for factor in outside:
        groups, taken = folded_in(atoms, factor, groups, box, result)
        if not taken:
            behind.append(factor)
    value = contracted(atoms, groups, box, within)
    return atoms.name(mul(*behind, value), box) if behind else value


def contracts(term: Scalar, over: Sequence[Index]) -> bool:
    """Whether no factor of a product is as large as the product itself, or a part of it need not be summed at all."""
    if not set(over) <= set(indices(term)):
        return True
    if not isinstance(term, Apply) or term.operation != "mul":
        return False
    sets = [set(indices(factor)) for factor in term.arguments]
    return not any(used == set(indices(term)) for used in sets)


def grouped(atoms: Atoms, factors: Iterable[Scalar], box: Box) -> list[Operand]:
    """The factors, those over the same indices multiplied with each other."""
    groups: dict[frozenset[Index], list[Scalar]] = {}
    for factor in factors:
        groups.setdefault(frozenset(indices(factor)), []).append(factor)
    named = [(used, atoms.name(mul(*members), box)) for used, members in groups.items()]
    return [(frozenset(indices(value)), value) for _, value in named]


def folded_in(atoms: Atoms, factor: Scalar, groups: list[Operand], box: Box, result: int) -> tuple[list[Operand], bool]:
    """A factor that the sum does not touch belongs to the smallest operand, if that is smaller than the result."""
    needs = set(indices(factor))
    fitting = [operand for operand in groups if needs <= operand[0]]
    smallest = min(fitting, key=lambda operand: elements(operand[0], box), default=None)
    if smallest is None or elements(smallest[0], box) >= result or len(groups) < 2:
        return groups, False
    scaled = (smallest[0], atoms.name(mul(factor, smallest[1]), box))
    return [scaled if operand is smallest else operand for operand in groups], True


def contracted(atoms: Atoms, groups: list[Operand], box: Box, over: Sequence[Index]) -> Scalar:
    """Two operands at a time, those first that leave the smallest result."""
    groups = summed_alone(atoms, groups, box, over)
    while len(groups) > 1:
        choices = []
        for j, two in enumerate(groups):
            for i, one in enumerate(groups[:j]):
                rest = [used for k, (used, _) in enumerate(groups) if k not in (i, j)]
                summed = [index for index in over if index in one[0] | two[0] and not any(index in u for u in rest)]
                left = (one[0] | two[0]) - set(summed)
                choices.append((not summed, elements(left, box), i, j, tuple(summed)))
        _, _, i, j, summed_ = min(choices, key=lambda choice: choice[:4])
        one, two = groups[i], groups[j]
        if summed_:
            value: Scalar = product(atoms, one[1], two[1], box, summed_)
        else:
            value = atoms.apply("mul", (one[1], two[1]), box)
        rest_ = [operand for k, operand in enumerate(groups) if k not in (i, j)]
        groups = summed_alone(atoms, [*rest_, (frozenset(indices(value)), value)], box, over)
    return groups[0][1]


def summed_alone(atoms: Atoms, groups: list[Operand], box: Box, over: Sequence[Index]) -> list[Operand]:
    """An index that one operand alone has is summed before anything is multiplied."""
    merged: dict[frozenset[Index], list[Scalar]] = {}
    for used, value in groups:
        others = {index for other, v in groups if v is not value for index in other}
        alone = [index for index in over if index in used and index not in others]
        if alone:
            value = atoms.atom(atoms.turned(value, "float", box), box, "sum", alone)
        merged.setdefault(frozenset(indices(value)), []).append(value)
    if len(merged) == len(groups):
        return [(used, members[0]) for used, members in merged.items()]
    joined = [(used, atoms.fold("mul", members, box)) for used, members in merged.items()]
    return summed_alone(atoms, joined, box, over)


def product(atoms: Atoms, left: Scalar, right: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
    """The contraction of two operands."""
    operands = [atoms.turned(operand, "float", box) for operand in (left, right)]
    sides = [laid_out(atoms, one, other, box, over) for one, other in (operands, reversed(operands))]
    return atoms.atom(Apply("mul", tuple(sides)), box, "sum", over)


def laid_out(atoms: Atoms, operand: Scalar, other: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
    """Overlapping windows (and diagonals) side by side, as a matrix product needs them.

    The copy has its axes in an order that depends on the read alone, so that a convolution and the gradient of its
    weights share one. A given tensor is first turned so that its batch lies innermost, as its windows will.
    """
    assert isinstance(operand, Read)
    seen = [atom for form in operand.subscripts for atom, _ in form.terms]
    if all(len(form.terms) <= 1 for form in operand.subscripts) and len(set(seen)) == len(seen):
        return operand
    hint = window_hint(operand, box, over)
    if hint is None:
        return windows(atoms, operand, box, None)
    operand = turned_source(atoms, operand, hint[1])
    axis = row_axis(operand, other, box, over)
    return windows(atoms, operand, box, hint[0]) if axis is None else rows(atoms, operand, box, hint[0], axis)


def windows(atoms: Atoms, operand: Read, box: Box, order: Sequence[Index] | None) -> Read:
    """The copy with an axis for every index, outermost first in the order given."""
    canonical: dict[Index, None] = {}
    for form in operand.subscripts:
        steps = dict(form.terms)
        ranked = sorted(bound(form), key=lambda index: (str(steps[index]), str(box[index.key])))
        canonical.update(dict.fromkeys(ranked))
    axes = list(canonical)
    fresh = {index: affine(Index(k)) for k, index in enumerate(axes)}
    extents = tuple(box[index.key] for index in axes)
    copy = atoms.keep(Map(None, extents, extents, tuple(fresh.values()), False, None, move(operand, fresh), ()))
    if order is not None:
        atoms.hints.setdefault(copy, tuple(axes.index(index) for index in order))
    return Read(copy, tuple(affine(index) for index in axes))


def rows(atoms: Atoms, operand: Read, box: Box, order: Sequence[Index], axis: int) -> Read:
    """The copy that lays windows out along the other axes only. Rows of windows overlap in it: that is a view."""
    row = Index(len(box))
    whole = list(operand.subscripts)
    whole[axis] = affine(row)
    inner = [row, *(index for index in order if index not in bound(operand.subscripts[axis]))]
    extents = (*box, operand.tensor.extents[axis])
    copy = windows(atoms, Read(operand.tensor, tuple(whole)), extents, inner)
    at = {row: operand.subscripts[axis]}
    return Read(copy.tensor, tuple(at.get(form.plain or row, form) for form in copy.subscripts))


def row_axis(operand: Read, other: Scalar, box: Box, over: Sequence[Index]) -> int | None:
    """The first axis of a window, where a product for each of its places is as good as one product of all.

    Stacked products need rows of windows to follow each other in memory, and results no larger than the full copy.
    """
    folded = [axis for axis, form in enumerate(operand.subscripts) if len(form.terms) == 2]
    seen = [index for form in operand.subscripts for index in bound(form)]
    if len(folded) < 2 or len(set(seen)) < len(seen) or any(len(form.terms) > 2 for form in operand.subscripts):
        return None
    axis = folded[0]
    tap, step = fewest_first(operand.subscripts[axis], box)
    mine, theirs = set(indices(operand)), set(indices(other))
    if (tap in over) == (step in over) and (tap in theirs) == (step in theirs):
        return None
    if mine & theirs - set(over) or dict(operand.subscripts[axis].terms)[tap].value != 1:
        return None
    side = [index for index in mine if (index in theirs) == (step in theirs) and index is not step]
    if not side or not theirs - mine:
        return None
    return axis if elements(theirs - mine, box) <= elements(side, box) else None


def turned_source(atoms: Atoms, operand: Read, order: tuple[int, ...]) -> Read:
    source = operand.tensor
    if isinstance(source, Leaf):
        write = tuple(affine(Index(axis)) for axis in range(source.rank))
        plain = atoms.plain_read(source)
        turned = atoms.keep(Map(None, source.extents, source.extents, write, False, None, plain, ()))
        atoms.hints.setdefault(turned, order)
        return Read(turned, operand.subscripts)
    if isinstance(source, Map) and isinstance(source.body, Read) and isinstance(source.body.tensor, Leaf):
        atoms.hints.setdefault(source, order)
    return operand
