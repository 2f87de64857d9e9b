"""Mistakes of the backward pass: the forward values are right, and one edge of the tape carries the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from graphc.syntax import Call, Name, formulas, parse_expression

from ..tape import Carry, Change, Context, Edge, Tape
from .equations import places

KERNEL = 2  # a tensor of more axes may be one
MOST_OTHERS = 6  # tensors that are tried in the place of one


def changes(tape: Tape) -> Iterator[Change]:
    """Every single mistake that this table knows, edge by edge, then tensor by tensor."""
    for edge in tape.edges:
        where = tape.where(edge.node)
        for code, carry in EDGES:
            yield Change(code, where, edge, carry)
        alone = [other for other in tape.edges if other.node is tape.of] == [edge]
        forgotten = tape.upstream is not None and alone
        yield Change("ignored-upstream" if forgotten else "dropped-factor", where, edge, _slope_alone)
        if tape.upstream is None and _reads_a_logarithm(tape, edge.node):
            yield Change("dropped-factor", tape.where(tape.of), edge, _twice)
        for factor, carry in _left_out(edge):
            yield Change("dropped-factor", factor or where, edge, carry)
        for carry in _other_values(tape, edge):
            yield Change("wrong-point", where, edge, carry)
        for read in edge.node.inputs:
            if read.rank == 2 and not read.integer:
                yield Change("transpose", read.name or where, edge, partial(_transposed, read=read))
            if read.rank > KERNEL and not read.integer and read is not edge.tensor:
                for axes in ((-2, -1), (-2,), (-1,)):
                    yield Change("flipped-kernel", read.name or where, edge, partial(_turned, read=read, axes=axes))
    for node in tape.active:
        for code, arrived in NODES:
            if node.rank:
                yield Change(code, tape.where(node), node=node, arrived=arrived)


# -- what an edge may wrongly carry


def nothing(edge: Context) -> np.ndarray:
    return np.zeros_like(edge.carried)


def _negated(edge: Context) -> np.ndarray:
    return -edge.carried


def _upstream(edge: Context) -> np.ndarray | None:
    """The local factor is left out: what arrived is handed on as it is."""
    return edge.upstream if edge.upstream.shape == edge.before.shape else None


def of_ones(edge: Context, reads: Sequence[Any]) -> np.ndarray:
    """Other factors of a product are left out."""
    return edge.with_values({read: np.ones_like(edge.values[read]) for read in reads})


def _slope_alone(edge: Context) -> np.ndarray:
    """What arrived is forgotten: the local slope stands alone."""
    return edge.carrying(np.ones_like(edge.upstream))


def _twice(edge: Context) -> np.ndarray | None:
    """The slope once more: what the logarithm behind it should have cancelled is left out there."""
    return edge.carrying(edge.carried) if edge.before.shape == edge.upstream.shape else None


def _after(edge: Context) -> np.ndarray | None:
    """The slope at the value after the function instead of before it: σ′(σ(a))."""
    return edge.with_values({edge.edge.tensor: edge.own}) if edge.own.shape == edge.before.shape else None


def _before(edge: Context) -> np.ndarray | None:
    """The slope in terms of the value, with the value before the function put in: a(1 − a)."""
    return edge.with_own(edge.before) if edge.own.shape == edge.before.shape else None


def _at_upstream(edge: Context) -> np.ndarray | None:
    """A mask taken from what arrived instead of from the forward pass."""
    return edge.with_values({edge.edge.tensor: edge.upstream}) if edge.upstream.shape == edge.before.shape else None


def _value_for_slope(edge: Context) -> np.ndarray | None:
    """The function's value where its slope should stand."""
    return edge.upstream * edge.own if edge.upstream.shape == edge.before.shape else None


def _value_too(edge: Context) -> np.ndarray:
    """What is read stands beside the slope."""
    return edge.carried * edge.before


def _transposed(edge: Context, read: Any) -> np.ndarray | None:
    value = edge.values[read]
    return edge.with_values({read: value.T.copy()}) if value.shape[0] == value.shape[1] else None


def _turned(edge: Context, read: Any, axes: tuple[int, ...]) -> np.ndarray:
    return edge.with_values({read: np.flip(edge.values[read], axes)})


def _put(edge: Context, read: Any, other: Any) -> np.ndarray | None:
    value = edge.values[other]
    return edge.with_values({read: value}) if value.shape == edge.values[read].shape else None


def _left_out(edge: Edge) -> Iterator[tuple[str | None, Carry]]:
    """Each other factor left out by itself, and all of them."""
    others = [read for read in edge.node.inputs if not read.integer and read is not edge.tensor]
    for read in others:
        yield read.name, partial(of_ones, reads=(read,))
    if len(others) > 1:
        yield None, partial(of_ones, reads=others)


def _other_values(tape: Tape, edge: Edge) -> Iterator[Carry]:
    """Another tensor of the same shape in the slope: the one before an activation for the one after it."""
    for read in edge.node.inputs:
        if read.integer or not read.rank:
            continue
        others = [
            node
            for node in tape.nodes
            if node.name is not None and node.extents == read.extents and node not in (read, edge.node)
        ]
        for other in others[-MOST_OTHERS:]:
            yield partial(_put, read=read, other=other)


def _reads_a_logarithm(tape: Tape, node: Any) -> bool:
    """Whether the loss takes the logarithm of what this tensor holds."""
    network = tape.network
    if node.name is None or tape.of.name not in network.written:
        return False
    formula = parse_expression(network.written[str(tape.of.name)])[0]
    read = {name.name for name, _ in places(formula, Name)}
    return node.name in read and any(_is_logarithm(call) for call, _ in places(formula, Call))


def _is_logarithm(call: Call) -> bool:
    return call.function == "log" or any(
        inner.function == "log" for definition in formulas(call.function) for inner, _ in places(definition.right, Call)
    )


EDGES: tuple[tuple[str, Carry], ...] = (
    ("sign", _negated),
    ("dropped-factor", _upstream),
    ("wrong-point", _after),
    ("wrong-point", _before),
    ("wrong-point", _at_upstream),
    ("wrong-point", _value_for_slope),
    ("wrong-point", _value_too),
    ("missing-term", nothing),
)


# -- what may wrongly have arrived at a tensor


def _only(place: int, axes: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """Along some axes one element is kept: a loop that overwrites instead of adding up."""

    def arrived(adjoint: np.ndarray) -> np.ndarray:
        kept = np.zeros_like(adjoint)
        chosen: list[Any] = [slice(None)] * adjoint.ndim
        for axis in axes:
            if -adjoint.ndim <= axis < adjoint.ndim:
                chosen[axis] = place
        kept[tuple(chosen)] = adjoint[tuple(chosen)]
        return kept

    return arrived


def _all_but(place: int, axis: int) -> Callable[[np.ndarray], np.ndarray]:
    """Along an axis one element is left out: a loop that begins too late, or ends too early."""

    def arrived(adjoint: np.ndarray) -> np.ndarray:
        kept = np.moveaxis(adjoint.copy(), axis, 0) if axis < adjoint.ndim else adjoint.copy()
        kept[place] = 0
        return np.moveaxis(kept, 0, axis) if axis < adjoint.ndim else kept

    return arrived


def _mean_instead(adjoint: np.ndarray) -> np.ndarray:
    """Divided by the number of rows."""
    return adjoint / adjoint.shape[0]


def _sum_instead(adjoint: np.ndarray) -> np.ndarray:
    return adjoint * adjoint.shape[0]


def _averaged(adjoint: np.ndarray) -> np.ndarray:
    """Every row the mean of all rows."""
    return np.broadcast_to(adjoint.mean(axis=0), adjoint.shape).copy()


NODES: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    *(("missing-sum", _only(place, axes)) for axes in ((0,), (-1,), (-2,), (-2, -1), (0, -2, -1)) for place in (0, -1)),
    *(("off-by-one", _all_but(place, axis)) for axis in (0, 1) for place in (0, -1)),
    ("extra-mean", _mean_instead),
    ("missing-mean", _sum_instead),
    ("wrong-axis", _averaged),
)
