"""Mistakes of the backward pass: the forward values are right, and one edge of the tape carries the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from graphc.syntax import Call, formulas, parse_expression

from ..tape import Change, Context, Edge, Tape
from .equations import calls, names

MOST_OTHERS = 6  # tensors that are tried in the place of one


def changes(tape: Tape) -> Iterator[Change]:
    """Every single mistake that this table knows, edge by edge, then tensor by tensor."""
    for edge in tape.edges:
        where = tape.where(edge.node)
        for code, carry in EDGES:
            yield Change(code, where, edge, carry)
        if tape.upstream is None and _reads_a_logarithm(tape, edge.node):
            yield Change("dropped-factor", tape.where(tape.of), edge, _twice)
        forgotten = tape.upstream is not None and edge.node is tape.of
        yield Change("ignored-upstream" if forgotten else "dropped-factor", where, edge, _slope_alone)
        for code, carry in _other_values(tape, edge):
            yield Change(code, where, edge, carry)
        for read in edge.node.inputs:
            if read.rank == 2 and read.kind != "const":
                yield Change("transpose", read.name or where, edge, partial(_transposed, read=read))
    for node in tape.active:
        for code, arrived in NODES:
            if node.rank:
                yield Change(code, tape.where(node), node=node, arrived=arrived)


# -- what an edge may wrongly carry


def _nothing(edge: Context) -> np.ndarray:
    return np.zeros_like(edge.carried)


def _negated(edge: Context) -> np.ndarray:
    return -edge.carried


def _upstream(edge: Context) -> np.ndarray | None:
    """The local factor is left out: what arrived is handed on as it is."""
    return edge.upstream if edge.upstream.shape == edge.values[edge.tensor].shape else None


def _of_ones(edge: Context) -> np.ndarray | None:
    """The other factor of a product is left out."""
    others = {
        read: np.ones_like(edge.values[read])
        for read in edge.local.node.inputs
        if not read.integer and read is not edge.tensor
    }
    return edge.with_values(others) if others else None


def _slope_alone(edge: Context) -> np.ndarray:
    """What arrived is forgotten: the local slope stands alone."""
    return edge.local(edge.tensor, np.ones_like(edge.upstream), edge.values, edge.sizes)


def _twice(edge: Context) -> np.ndarray | None:
    """The slope once more: what the logarithm behind it should have cancelled is left out there."""
    before = edge.values[edge.tensor]
    if before.shape != edge.upstream.shape:
        return None
    return edge.local(edge.tensor, edge.carried, edge.values, edge.sizes)


def _reads_a_logarithm(tape: Tape, node: Any) -> bool:
    """Whether the loss takes the logarithm of what this tensor holds."""
    network = tape.network
    if node.name is None or tape.of.name not in network.written:
        return False
    formula = parse_expression(network.written[str(tape.of.name)])[0]
    return node.name in {name for name, _ in names(formula)} and any(_is_logarithm(call) for call, _ in calls(formula))


def _is_logarithm(call: Call) -> bool:
    return call.function == "log" or any(
        inner.function == "log" for definition in formulas(call.function) for inner, _ in calls(definition.right)
    )


def _after(edge: Context) -> np.ndarray | None:
    """The slope at the value after the function instead of before it: σ′(σ(a))."""
    own, before = edge.values[edge.local.node], edge.values[edge.tensor]
    return edge.with_values({edge.tensor: own}) if own.shape == before.shape else None


def _before(edge: Context) -> np.ndarray | None:
    """The slope in terms of the value, with the value before the function put in: a(1 − a)."""
    own, before = edge.values[edge.local.node], edge.values[edge.tensor]
    return edge.with_own(before) if own.shape == before.shape else None


def _at_upstream(edge: Context) -> np.ndarray | None:
    """A mask taken from what arrived instead of from the forward pass."""
    before = edge.values[edge.tensor]
    return edge.with_values({edge.tensor: edge.upstream}) if edge.upstream.shape == before.shape else None


def _transposed(edge: Context, read: Any) -> np.ndarray | None:
    value = edge.values[read]
    return edge.with_values({read: value.T.copy()}) if value.shape[0] == value.shape[1] else None


def _put(edge: Context, read: Any, other: Any) -> np.ndarray | None:
    value = edge.values[other]
    return edge.with_values({read: value}) if value.shape == edge.values[read].shape else None


def _other_values(tape: Tape, edge: Edge) -> Iterator[tuple[str, Callable[[Context], np.ndarray | None]]]:
    """Another tensor of the same shape in the slope: the one before an activation for the one after it."""
    for read in edge.node.inputs:
        if read.integer or not read.rank:
            continue
        others = [
            node for node in tape.nodes if node.extents == read.extents and node is not read and node is not edge.node
        ]
        for other in others[-MOST_OTHERS:]:
            yield "wrong-point", partial(_put, read=read, other=other)


EDGES: tuple[tuple[str, Callable[[Context], np.ndarray | None]], ...] = (
    ("sign", _negated),
    ("dropped-factor", _upstream),
    ("dropped-factor", _of_ones),
    ("wrong-point", _after),
    ("wrong-point", _before),
    ("wrong-point", _at_upstream),
    ("missing-term", _nothing),
)


# -- what may wrongly have arrived at a tensor


def _only(place: int) -> Callable[[np.ndarray], np.ndarray]:
    """Along the first axis one element is kept: a loop that overwrites instead of adding up."""

    def arrived(adjoint: np.ndarray) -> np.ndarray:
        kept = np.zeros_like(adjoint)
        kept[place] = adjoint[place]
        return kept

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
    ("missing-sum", _only(-1)),
    ("missing-sum", _only(0)),
    ("extra-mean", _mean_instead),
    ("missing-mean", _sum_instead),
    ("wrong-axis", _averaged),
)
