"""Sums of which only some parts have been added up, and sums along another axis than the one asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .fitting import Answer, Question
    from .inputs import Case
    from .tape import Edge, Tape

MOST_PARTS = 9  # of one number, of which every selection is tried
MOST_PLACES = 400


def some_added(question: Question) -> bool:
    """Whether every number is the sum of some of what contributes to it: a loop that assigns instead of adding."""
    tape = question.reference.misconceptions.tape(question.name)
    answers = [answer for answer in question.ordinary if not question.right(answer)]
    if tape is None or not answers or not all(answer.value.any() for answer in answers):
        return False
    edges = [edge for edge in tape.edges if edge.tensor is tape.by]
    return len(edges) == 1 and any(
        all(_selected(answer, question.name, _parts(tape, edges[0], answer, axes)) for answer in answers)
        for axes in _axes(edges[0].node.rank)
    )


def _axes(rank: int) -> Iterator[tuple[int, ...]]:
    for count in range(1, rank + 1):
        yield from combinations(range(rank), count)


def _parts(tape: Tape, edge: Edge, answer: Answer, axes: tuple[int, ...]) -> np.ndarray | None:
    """What the edge carries, apart for each place along some axes of what reads."""
    values, upstream = tape.values(answer.case), tape.arrived(answer.case)[edge.node]
    extents = [upstream.shape[axis] for axis in axes]
    if prod(extents) > MOST_PLACES:
        return None
    found = []
    for place in product(*map(range, extents)):
        chosen: list[Any] = [slice(None)] * upstream.ndim
        for axis, position in zip(axes, place, strict=True):
            chosen[axis] = position
        alone = np.zeros_like(upstream)
        alone[tuple(chosen)] = upstream[tuple(chosen)]
        found.append(tape.context(edge, alone, values, answer.case.sizes).carried)
    return np.stack(found)


def _selected(answer: Answer, name: str, parts: np.ndarray | None) -> bool:
    """Whether each number of the answer is a sum of parts of its own."""
    right = answer.case.expected[name]
    if parts is None or parts.shape[1:] != answer.value.shape or right.shape != answer.value.shape:
        return False
    slack = answer.slack(right, name)
    for place in np.ndindex(right.shape):
        own = parts[(slice(None), *place)]
        own = own[own != 0]
        if abs(answer.value[place] - right[place]) <= slack[place]:
            continue
        sums = np.append(own, 0.0) if len(own) > MOST_PARTS else _sums(own)
        if np.abs(sums - answer.value[place]).min() > slack[place]:
            return False
    return True


def _sums(parts: np.ndarray) -> np.ndarray:
    """The sum of every selection."""
    sums = np.zeros(1)
    for part in parts:
        sums = np.concatenate([sums, sums + part])
    return sums


def otherwise_reduced(question: Question) -> str | None:
    """The tensor of the model that was added up, or averaged, along other axes than it should be."""
    misconceptions = question.reference.misconceptions
    want = misconceptions.wanted[question.name]
    answers = question.ordinary
    if want.is_derivative or not answers or want.of not in question.reference.network:
        return None
    if all(answer.value.shape == answer.case.expected[question.name].shape for answer in answers):
        return None
    tape = misconceptions.forward_tape(question.name)
    for node in tape.nodes:
        for axes in _axes(node.rank) if node.name is not None else ():
            for change, keepdims in product((np.mean, np.sum, np.max), (False, True)):
                if question.fits(partial(_reduced, tape, node, axes, change, keepdims)):
                    return str(node.name)
    return None


def _reduced(
    tape: Tape, node: Any, axes: tuple[int, ...], change: Callable[..., np.ndarray], keepdims: bool, case: Case
) -> np.ndarray:
    return change(tape.values(case)[node], axis=axes, keepdims=keepdims)
