"""Nodes to atoms: what each kind of node is made of."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Map, Node, order
from ..graph.scalar import (
    ONE,
    Apply,
    Index,
    Position,
    Read,
    Scalar,
    add,
    affine,
    indices,
    mul,
    number,
    position,
)
from .atoms import Atoms, Box
from .kinds import result
from .shifted import Parts, shifted
from .spread import scatter
from .sums import total
from .windows import FEW, at, places, simple

HUGE = Apply("huge", ())  # stands for infinity in a shift, where ∞ − ∞ must not arise


def lower(roots: Sequence[Node]) -> tuple[Atoms, list[Scalar]]:
    """The atoms that the roots need, and what stands for each root's value over its axes."""
    atoms = Atoms()
    for node in order(roots):
        if isinstance(node, Map):
            atoms.current = node
            atoms.value[node] = value(atoms, node)
    return atoms, [atoms.through(atoms.plain_read(root)) for root in roots]


def value(atoms: Atoms, node: Map) -> Scalar:
    term = shifted(atoms, node.body, node.box)
    if not node.plain:
        return scatter(atoms, node, term)
    over = [Index(k) for k in range(node.rank, len(node.box))]
    if node.reduce is None or not over:
        if node.reduce in ("argmax", "argmin"):
            return number(0)
        return atoms.name(term, node.box)
    if node.reduce == "sum":
        return total(atoms, term, node.box, over)
    if node.reduce == "logsumexp":
        return logsumexp(atoms, node, term, over)
    return extreme(atoms, node.reduce, term, node.box, over)


def extreme(atoms: Atoms, kind: str, term: Scalar, box: Box, over: Sequence[Index]) -> Scalar:
    """max, min, prod, argmax or argmin of a term."""
    operand = atoms.name(term, box)
    if kind == "prod" or result(operand) == "bool":
        operand = atoms.turned(operand, "float", box)
    used = indices(operand)
    if kind != "prod" and isinstance(operand, Read) and windowed(operand, over, box):
        return running(atoms, kind, operand, box, over)
    if kind in ("argmax", "argmin"):
        missing = [index for index in over if index not in used]
        for index in missing:  # every place counts, those that the term does not depend on too
            place = atoms.name(Position(affine(index)), box)
            zero = atoms.apply("sub", (place, place), box)
            operand = atoms.apply("add", (operand, zero), box)
        return atoms.atom(operand, box, kind, over)
    within = [index for index in over if index in used]
    times = mul(*(position(box[index.key]) for index in over if index not in used))
    reduced = atoms.atom(operand, box, kind, within) if within else operand
    if kind == "prod" and times is not ONE:
        return atoms.name(Apply("pow", (reduced, times)), box)
    return reduced


def windowed(operand: Read, over: Sequence[Index], box: Box) -> bool:
    """Whether a reduction runs over a few places of windows, each place a slice of the tensor."""
    if any(index not in indices(operand) for index in over):
        return False
    return not simple(operand) and len(places(over, box, FEW)) > 1 and not any(f.gathers for f in operand.subscripts)


def running(atoms: Atoms, kind: str, operand: Read, box: Box, over: Sequence[Index]) -> Scalar:
    """The extreme of a window, place after place, and which place won: a later one only if it is strictly better."""
    combine, better = ("max", "gt") if kind.endswith("max") else ("min", "lt")
    best: Scalar | None = None
    winner: Scalar | None = None
    for number_, place in enumerate(places(over, box, FEW)):
        tap = at(operand, over, place)
        if best is None:
            best = tap
            continue
        if kind.startswith("arg"):
            beats = atoms.apply(better, (tap, best), box)
            nth = atoms.apply("nth", (beats, number(number_)), box)
            winner = nth if winner is None else atoms.apply("max", (winner, nth), box)
        best = atoms.apply(combine, (best, tap), box)
    value = winner if kind.startswith("arg") else best
    assert value is not None
    return value


def logsumexp(atoms: Atoms, node: Map, term: Scalar, over: Sequence[Index]) -> Scalar:
    """The largest is taken out first; where all are −∞ (or one is ∞) the shift stays finite."""
    box = node.box
    operand = atoms.turned(atoms.name(term, box), "float", box)
    used = indices(operand)
    within = [index for index in over if index in used]
    times = mul(*(position(box[index.key]) for index in over if index not in used))
    if not within:
        return atoms.name(add(operand, Apply("log", (times,))), box)
    largest = atoms.atom(operand, box, "max", within)
    shift = atoms.name(Apply("min", (Apply("max", (largest, Apply("neg", (HUGE,)))), HUGE)), box)
    below = atoms.name(add(operand, mul(number(-1), shift)), box)
    exponential = atoms.name(Apply("exp", (below,)), box)
    whole = atoms.name(mul(times, atoms.atom(exponential, box, "sum", within)), box)
    log = atoms.name(Apply("log", (whole,)), box)
    atoms.parts[node] = Parts(below, exponential, whole, log)
    return atoms.name(add(log, shift), box)
