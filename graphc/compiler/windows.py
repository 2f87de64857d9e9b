"""Windows over a tensor, how many elements things have, and the order in which windows are best laid out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ..graph.scalar import Affine, Index, Read, affine, move_affine
from ..graph.size import Size

FEW = 16  # places of a window that are taken one by one
TYPICAL = 64  # stands for a free size when two ways of computing are compared


def elements(used: Iterable[Index], box: Sequence[Size]) -> int:
    """About how many elements there are over some indices."""
    count = 1
    for index in used:
        count *= estimate(box[index.key])
    return count


@lru_cache(maxsize=65536)
def estimate(extent: Size) -> int:
    return max(1, extent.value if extent.value is not None else extent(**dict.fromkeys(extent.names, TYPICAL)))


def window_hint(read: Read, box: Sequence[Size], over: Iterable[Index]) -> tuple[list[Index], tuple[int, ...]] | None:
    """How windows are laid out: the indices of the copy outermost first, and the source's axes likewise.

    In a subscript of two indices the one that takes fewer values counts the taps.
    """
    taps: dict[Index, None] = {}
    steps: dict[Index, None] = {}
    for form in read.subscripts:
        ranked = fewest_first(form, box)
        if len(ranked) > 1:
            taps.update(dict.fromkeys(ranked[:-1]))
            steps[ranked[-1]] = None
    if not taps:
        return None
    summed = set(over)
    side = next(iter(taps)) in summed
    plain = [index for form in read.subscripts if len(form.terms) == 1 for index in bound(form)]
    outer = [index for index in plain if (index in summed) == side and index not in taps and index not in steps]
    batch = [index for index in plain if index not in outer and index not in taps and index not in steps]
    copy = [*dict.fromkeys((*outer, *taps, *steps, *batch))]
    first = {index: place for place, index in enumerate((*outer, *steps, *batch))}
    depth = [max((first.get(index, -1) for index in bound(form)), default=-1) for form in read.subscripts]
    return copy, tuple(sorted(range(len(depth)), key=lambda axis: (depth[axis], axis)))


def fewest_first(form: Affine, box: Sequence[Size]) -> list[Index]:
    """The indices of a subscript: what counts the places of a window first, what moves the window last."""
    steps = dict(form.terms)
    return sorted(bound(form), key=lambda index: (estimate(box[index.key]), estimate(steps[index])))


def bound(form: Affine) -> list[Index]:
    """The indices of a subscript."""
    return [atom for atom, _ in form.terms if isinstance(atom, Index)]


def simple(read: Read) -> bool:
    """Whether slices and a transposition make the view: each axis by one index going forward, or fixed."""
    seen: list[Index] = []
    for form in read.subscripts:
        if len(form.terms) > 1:
            return False
        for atom, step in form.terms:
            if not isinstance(atom, Index) or atom in seen or step.value is None or step.value < 1:
                return False
            seen.append(atom)
    return True


def at(read: Read, over: Sequence[Index], place: Sequence[int]) -> Read:
    """The read with its window's indices fixed."""
    fixed: dict[Index, Affine] = {index: affine(k) for index, k in zip(over, place, strict=True)}
    return Read(read.tensor, tuple(move_affine(form, fixed) for form in read.subscripts), read.guarded)


def places(over: Sequence[Index], box: Sequence[Size], most: int) -> list[tuple[int, ...]]:
    """Every place of a window, in order; none where there are more than `most`, or nobody knows how many."""
    count = 1
    for index in over:
        count *= most + 1 if box[index.key].value is None else box[index.key].value or 0
    return list(itertools.product(*(range(box[index.key].value or 0) for index in over))) if count <= most else []
