"""Reverse mode over the graph: every tensor's adjoint is the sum of what its readers contribute."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Leaf, Map, Node, order, plain_map
from ..graph.scalar import ONE, ZERO, Index, Read, Scalar, add, affine, gathers, move, reads, replace
from ..graph.size import Size
from ..language.errors import GraphcError
from .adjoint import Contribution, contribution, identity, local_derivative, seed
from .canonical import canonical
from .collect import as_plain, collect
from .derivative import times
from .log import Log
from .rules import EXPONENTIAL
from .structure import constant, cost
from .tidy import tidy


def differentiate(
    of: Node, wrt: Sequence[Node], upstream: Node | None = None, log: Log | None = None
) -> list[Node]:
    """∂of/∂w for each w, as nodes. Of a tensor without an upstream it is the Jacobian, of's axes first;
    with one, of of's shape, it is Σ upstream·∂of/∂w in w's shape."""
    log = Log() if log is None else log
    if upstream is not None and upstream.extents != of.extents:
        raise GraphcError(f"the upstream has shape {upstream.shape}, but what is differentiated has {of.shape}")
    became = canonical([of, *wrt], EXPONENTIAL, wrt, log)
    sweep = _Sweep(became[of], [became[w] for w in wrt], upstream, log, of.name)
    return [sweep.gradients[became[w]] for w in wrt]


class _Sweep:
    """One walk from the differentiated tensor back to what it is differentiated by."""

    def __init__(self, of: Node, wrt: list[Node], upstream: Node | None, log: Log, label: str | None) -> None:
        self.log, self.label = log, label
        self.lead, start = seed(of, upstream)
        self.lead_labels = tuple(f"e{k}" for k in range(len(self.lead)))
        self.pending: dict[Node, list[Scalar]] = {of: [start]}
        self.gradients: dict[Node, Node] = {}
        needed = set(wrt)
        nodes = order([of])
        active: set[Node] = set()
        for node in nodes:
            if node in needed or any(tensor in active for tensor in node.inputs):
                active.add(node)
        for node in reversed(nodes):
            if node in active and node in self.pending:
                adjoint = self._adjoint(node)
                if node in needed:
                    self.gradients[node] = adjoint
                self._spread(node, adjoint, active)
        for node in wrt:
            if node not in self.gradients:
                self.gradients[node] = self._named(node, ZERO)

    def _adjoint(self, node: Node) -> Node:
        """ū: everything that the readers of u contributed, added up and tidied."""
        parts = self.pending.pop(node)
        whole = add(*parts)
        body = tidy(whole)
        if body is not whole:
            self.log.record("cancelled", whole, body, node)
        return self._named(node, body)

    def _named(self, node: Node, body: Scalar) -> Node:
        extents = self.lead + node.extents
        if isinstance(body, Read) and body.subscripts == tuple(affine(Index(k)) for k in range(len(extents))):
            if body.tensor.extents == extents and not body.guarded and body.tensor.name is None:
                return body.tensor
        labels = self.lead_labels + (node.labels[: node.rank] if _labelled(node) else _letters(node.rank))
        return plain_map(None, extents, body, labels)

    def _spread(self, node: Node, adjoint: Node, active: set[Node]) -> None:
        if not isinstance(node, Map):
            return
        for read in node.reads:
            if read.tensor not in active:
                continue
            share = self._contribution(node, read, adjoint)
            if share is not ZERO:
                self.pending.setdefault(read.tensor, []).append(share)

    def _contribution(self, node: Map, read: Read, adjoint: Node) -> Scalar:
        """One read's share, with ū read by name or its body put in, whichever leaves less to compute."""
        shift = {Index(k): affine(Index(k + len(self.lead))) for k in range(len(node.box))}
        at = tuple(affine(Index(k)) for k in range(len(self.lead)))
        at += tuple(_moved(form, shift) for form in node.write)
        target = self.lead + read.tensor.extents
        named = contribution(node, read, adjoint.read(at, node.guarded), self.lead, self.lead_labels)
        self.log.record("chain rule", read, named.body, node)
        if named.body is ZERO:
            return ZERO
        chosen = _tidied(named)
        inner = self._opened(adjoint, at) if not node.guarded else None
        if inner is not None:
            opened = _tidied(contribution(node, read, inner, self.lead, self.lead_labels))
            plain = as_plain(named, target)
            dense = plain is not None and len(plain.box) == len(target)
            here, there = cost(chosen.body), cost(opened.body)
            if constant(inner) or _is_delta(inner) or there < here or (dense and there <= here):
                self.log.record("cancelled", chosen.body, opened.body, node)
                chosen = opened
        return collect(chosen, target, self.log)

    @staticmethod
    def _opened(adjoint: Node, at: tuple) -> Scalar | None:  # type: ignore[type-arg]
        if isinstance(adjoint, Map) and adjoint.plain and adjoint.reduce is None:
            return move(adjoint.body, {Index(k): form for k, form in enumerate(at)})
        return None


def _tidied(given: Contribution) -> Contribution:
    return Contribution(given.box, given.write, given.guarded, tidy(given.body), given.labels)


def _is_delta(body: Scalar) -> bool:
    """A Jacobian's seed on its way: collapsing it is always worth while."""
    from ..graph.scalar import Apply, Position

    if isinstance(body, Apply) and body.operation == "where" and body.arguments[2] is ZERO:
        condition = body.arguments[0]
        return (
            isinstance(condition, Apply)
            and condition.operation == "eq"
            and all(isinstance(side, Position) for side in condition.arguments)
        )
    return False


def _moved(form, shift):  # type: ignore[no-untyped-def]
    from ..graph.scalar import move_affine

    return move_affine(form, shift)


def _labelled(node: Node) -> bool:
    return isinstance(node, Map) and node.plain


def _letters(rank: int) -> tuple[str, ...]:
    return tuple("ijklmnopqrstuvwxyz"[axis] for axis in range(rank))


__all__ = ["differentiate", "identity", "local_derivative", "Leaf", "Size", "ONE", "gathers", "reads", "replace", "times"]
