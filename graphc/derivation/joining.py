"""Two boxes made one, where what the first reads is what the second writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count

from ..graph.scalar import Affine, Index, Read, affine, indices, move_affine
from ..graph.size import Size

LETTERS = "ijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Join:
    """What the indices of the first and of the second box are in the common one."""

    first: dict[Index, Affine]
    second: dict[Index, Affine]
    box: tuple[Size, ...]
    labels: tuple[str, ...]


def joined(
    box: tuple[Size, ...],
    labels: tuple[str, ...],
    at: tuple[Affine, ...],
    inner: tuple[Size, ...],
    inner_labels: tuple[str, ...],
    of_at: tuple[Affine, ...],
    axes: tuple[Size, ...],
    taken: Collection[str] = (),
) -> Join | None:
    """The second box read `at` what it writes `of_at`; None if the places cannot be told from the indices.

    An axis that the second writes in another way than by an index, as a reshape does, fixes the index of the first.
    """
    place: dict[Index, Affine] = {}
    pending: list[tuple[Affine, Affine]] = []
    for form, target, extent in zip(of_at, at, axes, strict=True):
        index = form.plain
        if index is not None and index not in place and inner[index.key] is extent:
            place[index] = target
        else:
            pending.append((form, target))
    sizes, names = list(box), list(labels)
    for key, extent in enumerate(inner):
        if Index(key) not in place:
            place[Index(key)] = affine(Index(len(sizes)))
            sizes.append(extent)
            names.append(inner_labels[key] if key < len(inner_labels) else LETTERS[key % len(LETTERS)])
    ties: dict[Index, Affine] = {}
    for form, target in pending:
        here, index = move_affine(move_affine(form, place), ties), target.plain
        if here is target:
            continue
        if index is None or index in ties or index.key >= len(box) or _mentions(here, index):
            return None
        ties = {tied: move_affine(one, {index: here}) for tied, one in ties.items()} | {index: here}
    left = [Index(k) for k in range(len(sizes)) if Index(k) not in ties]
    number = {index: affine(Index(k)) for k, index in enumerate(left)}
    everywhere = {index: move_affine(ties.get(index, affine(index)), number) for index in map(Index, range(len(sizes)))}
    second = {index: move_affine(form, everywhere) for index, form in place.items()}
    return Join(
        {index: everywhere[index] for index in map(Index, range(len(box)))},
        second,
        tuple(sizes[index.key] for index in left),
        _labels([names[index.key] for index in left], second, inner_labels, taken),
    )


def _labels(
    names: list[str], second: dict[Index, Affine], inner_labels: tuple[str, ...], taken: Collection[str]
) -> tuple[str, ...]:
    """The second box keeps its labels, since what is written at the end is what stays; the first gives way."""
    kept: dict[int, str] = {}
    for index, form in second.items():
        plain = form.plain
        if plain is not None and index.key < len(inner_labels):
            kept.setdefault(plain.key, inner_labels[index.key])
    ahead = relabelled([*kept.values(), *(name for k, name in enumerate(names) if k not in kept)], taken)
    order = [*kept, *(k for k in range(len(names)) if k not in kept)]
    label = dict(zip(order, ahead, strict=True))
    return tuple(label[k] for k in range(len(names)))


def _mentions(form: Affine, index: Index) -> bool:
    return any(atom is index or (isinstance(atom, Read) and index in indices(atom)) for atom, _ in form.terms)


def relabelled(labels: Collection[str], taken: Collection[str]) -> tuple[str, ...]:
    """Each label once, and none that is taken: k after j, else a free letter."""
    found: list[str] = []
    for label in labels:
        start = LETTERS[:4].find(label) + 1
        more = chain([label], LETTERS[start:], LETTERS[:start], (f"{label}{k}" for k in count(1)))
        found.append(next(one for one in more if one not in found and one not in taken))
    return tuple(found)
