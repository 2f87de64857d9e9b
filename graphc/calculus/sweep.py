"""Reverse mode over the graph: every tensor's adjoint is the sum of what its readers contribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced

from ..graph.node import Map, Node, order, plain_map
from ..graph.scalar import (
    ZERO,
    Affine,
    Apply,
    Index,
    Number,
    Read,
    Scalar,
    add,
    indices,
    move,
    replace,
    walk,
)
from ..graph.size import Size
from .adjoint import Contribution, contribution, local_derivative, seed, whole
from .canonical import Canonical
from .collect import collect, is_delta, whole_axes
from .log import Log
from .structure import constant, cost
from .tidy import denominators, tidy


def sweep(graph: Canonical, of: Node, wrt: Sequence[Node], upstream: Node | None, log: Log) -> list[Node]:
    """The adjoint of every w, in one walk from `of` back."""
    walked = _Sweep(graph, graph[of], [graph[w] for w in wrt], upstream, log)
    return [walked.gradients[graph[w]] for w in wrt]


class _Sweep:
    """One walk. `pending` holds what the readers of a tensor have contributed so far, as bodies over its axes."""

    def __init__(self, graph: Canonical, of: Node, wrt: list[Node], upstream: Node | None, log: Log) -> None:
        self.log, self.label = log, of.name if upstream is None else None
        self.lead, start = seed(of, upstream)
        self.values = self._values(graph)
        self.pending: dict[Node, list[Scalar]] = {of: [start]}
        self.gradients: dict[Node, Node] = {}
        needed, nodes = set(wrt), order([of])
        self.active, self.unbounded = active(nodes, needed), _unbounded(nodes)
        for node in reversed(nodes):
            if node in self.active and node in self.pending:
                adjoint = self._adjoint(node)
                if node in needed:
                    self.gradients[node] = adjoint
                if isinstance(node, Map):
                    self._spread(node, adjoint)
        for node in wrt:
            if node not in self.gradients:
                self.gradients[node] = self._tensor(node, ZERO)

    def _values(self, graph: Canonical) -> dict[tuple[Size, ...], dict[Scalar, Scalar]]:
        """Bodies that a named tensor already holds, and the read that stands for each, by the tensor's extents."""
        behind = self.lead.behind
        found: dict[tuple[Size, ...], dict[Scalar, Scalar]] = {}
        for node in graph.nodes:
            named = isinstance(node, Map) and node.name and node.plain and not node.reduce
            if not isinstance(node, Map) or not named or not isinstance(node.body, Apply):
                continue
            if len(indices(node.body)) == node.rank:  # a body that lacks an axis may stand where there is none
                held = found.setdefault(node.extents, {})
                held[behind(node.body, node.rank)] = behind(whole(node), node.rank)
        return found

    def _adjoint(self, node: Node) -> Node:
        """ū: everything that the readers of u contributed, added up and tidied."""
        total = add(*self.pending.pop(node))
        for axes in range(node.rank + 1):  # elsewhere the same body may run further than the tensor does
            total = replace(total, self.values.get(node.extents[:axes], {}))
        body = tidy(total)
        if body is not total:
            self.log.record("cancelled", total, body, node)
        return self._tensor(node, body)

    def _tensor(self, node: Node, body: Scalar) -> Node:
        extents = self.lead.extents + node.extents
        name = f"d{_bracketed(self.label)}/d{_bracketed(node.name)}" if self.label and node.name else None
        source = body.tensor if isinstance(body, Read) and body is whole(body.tensor) else None
        if isinstance(source, Map) and source.extents == extents:
            if name is None:
                return source
            if source.name is None:
                return source.called(name)
        return plain_map(name, extents, body, self.lead.labels + _labels(node))

    def _spread(self, node: Map, adjoint: Node) -> None:
        for read in node.reads:
            if read.tensor in self.active:
                share = self._share(node, read, adjoint)
                if share is not ZERO:
                    self.pending.setdefault(read.tensor, []).append(share)

    def _share(self, node: Map, read: Read, adjoint: Node) -> Scalar:
        """One read's share, with ū read by name or its body put in, whichever leaves less to compute."""
        slope = local_derivative(node, read)
        if slope is ZERO:
            return ZERO
        at = self.lead.before(node.write, len(node.box))
        target = self.lead.extents + read.tensor.extents
        raw = contribution(node, read, adjoint.read(at, node.guarded), slope, self.lead)
        self.log.record("chain rule", read, raw.body, node)
        chosen = _tidied(raw)
        inner = None if node.guarded else _opened(adjoint, at)
        if inner is not None:
            shares = [contribution(node, read, term, slope, self.lead) for term in _terms(inner)]
            opened = _tidied(replaced(shares[0], body=add(*(share.body for share in shares))))
            if self._must_open(inner, node) or _gains(chosen, opened, target) or _cancels(inner, opened.body):
                chosen = opened
        if chosen.body is not raw.body:
            self.log.record("cancelled", raw.body, chosen.body, node)
        return collect(chosen, target, self.log)

    def _must_open(self, inner: Scalar, node: Map) -> bool:
        """Numbers and a Jacobian's deltas are carried on; so is a mask, to slopes that may be infinite: 0·∞ is no 0."""
        return constant(inner) or is_delta(inner) or (_masks(inner) and node in self.unbounded)


def active(nodes: list[Node], needed: set[Node]) -> set[Node]:
    """The tensors through which what is needed has an influence."""
    found: set[Node] = set()
    for node in nodes:
        if node in needed or any(tensor in found for tensor in node.inputs):
            found.add(node)
    return found


def _unbounded(nodes: list[Node]) -> set[Node]:
    """The tensors whose elements may have an infinite slope somewhere on the way to the last sum."""
    found: set[Node] = set()
    for node in nodes:
        elementwise = isinstance(node, Map) and node.plain and not node.reduce
        if elementwise and (_may_be_infinite(node) or any(tensor in found for tensor in node.inputs)):
            found.add(node)
    return found


def _may_be_infinite(node: Node) -> bool:
    for part in walk(node.body) if isinstance(node, Map) else ():
        if isinstance(part, Apply) and part.operation in ("exp", "log", "pow"):
            exponent = part.arguments[-1]
            natural = isinstance(exponent, Number) and exponent.value >= 1 and exponent.value.denominator == 1
            if part.operation != "pow" or not natural:
                return True
    return False


def _opened(adjoint: Node, at: tuple[Affine, ...]) -> Scalar | None:
    """What stands in the adjoint at these subscripts, where it is a formula and not a sum."""
    if isinstance(adjoint, Map) and adjoint.plain and adjoint.reduce is None:
        return move(adjoint.body, {Index(k): form for k, form in enumerate(at)})
    return None


def _tidied(given: Contribution) -> Contribution:
    return replaced(given, body=tidy(given.body))


def _gains(named: Contribution, opened: Contribution, target: tuple[Size, ...]) -> bool:
    """A body put in is kept if it costs less; at equal cost, if nothing is summed over it."""
    dense = len(named.box) == len(target) and whole_axes(named, target) is not None
    here, there = cost(named.body), cost(opened.body)
    return there < here or (dense and there <= here)


def _cancels(inner: Scalar, opened: Scalar) -> bool:
    """Whether something that the adjoint divides by is gone: it may be 0 where the whole is finite."""
    return not denominators(inner) <= denominators(opened)


def _masks(body: Scalar) -> bool:
    return any(map(_is_mask, _terms(body)))


def _terms(body: Scalar) -> tuple[Scalar, ...]:
    """The terms of a sum of masked ones, each of which must be masked on its own; else the body."""
    if isinstance(body, Apply) and body.operation == "add" and any(map(_is_mask, body.arguments)):
        return body.arguments
    return (body,)


def _is_mask(body: Scalar) -> bool:
    return isinstance(body, Apply) and body.operation == "where" and ZERO in body.arguments[1:]


def _bracketed(name: str) -> str:
    return f"({name})" if "/" in name else name


def _labels(node: Node) -> tuple[str, ...]:
    if isinstance(node, Map) and node.plain:
        return node.labels[: node.rank]
    return tuple("ijklmnopqrstuvwxyz"[: node.rank])
