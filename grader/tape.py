"""The backward pass of the declared graph as compiled local products, so that one factor of it can be wrong.

Each tensor between what is differentiated and what it is differentiated by has a program of its own: from its upstream
and from what it reads to what it passes on, by its own equation alone. The pass is then a walk over arrays, and a
mistake is a change of what one edge of the graph carries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import graphc as gc

from .references import walk

if TYPE_CHECKING:
    from .inputs import Case
    from .references import Reference, Wanted

# What an edge carries instead, or None where that makes no sense.
Carry = Callable[["Context"], "np.ndarray | None"]
UPSTREAM, OWN = "upstream_", "own_"


@dataclass(frozen=True)
class Edge:
    """One read of the backward pass: `node` reads `tensor`."""

    node: Any
    tensor: Any


@dataclass(frozen=True)
class Change:
    """A mistake of the backward pass: what one edge carries, or what has arrived at one tensor."""

    code: str
    where: str
    edge: Edge | None = None
    carry: Carry | None = None
    node: Any = None
    arrived: Callable[[np.ndarray], np.ndarray] | None = None


class Local:
    """One tensor's own equation, differentiated: what it passes on to each of the tensors that it reads."""

    def __init__(self, node: Any, active: list[Any]) -> None:
        self.node, self.active = node, active
        self.stand_ins = {
            read: gc.input(f"read{k}_", read.extents) for k, read in enumerate(node.inputs) if not read.integer
        }
        self.names: dict[Any, str] = {read: str(leaf.name) for read, leaf in self.stand_ins.items()}
        self.names |= {read: str(read.name) for read in node.inputs if read.integer}
        (self.alone,) = gc.substituted([node], dict(self.stand_ins))
        self.upstream = gc.input(UPSTREAM, node.extents)
        self.slopes = gc.grad(self.alone, [self.stand_ins[read] for read in active], self.upstream)
        self.place = {read: k for k, read in enumerate(active)}

    @cached_property
    def program(self) -> gc.Program:
        return gc.compile(self.slopes, [str(k) for k in range(len(self.active))], arguments=self._arguments)

    @cached_property
    def by_value(self) -> gc.Program | None:
        """The same in terms of the tensor's own value, given apart: y(1 − y); None where that does not occur."""
        own = gc.input(OWN, self.node.extents)
        slopes = gc.substituted(self.slopes, {self.alone: own})
        if all(one is other for one, other in zip(slopes, self.slopes, strict=True)):
            return None
        return gc.compile(slopes, [str(k) for k in range(len(self.active))], arguments=[*self._arguments, own])

    @property
    def _arguments(self) -> list[Any]:
        return [*self.stand_ins.values(), self.upstream, *(read for read in self.node.inputs if read.integer)]

    def __call__(
        self, tensor: Any, upstream: np.ndarray, values: Mapping[Any, np.ndarray], sizes: Mapping[str, int]
    ) -> np.ndarray:
        return self._run(self.program, tensor, upstream, values, sizes)

    def from_value(
        self,
        tensor: Any,
        upstream: np.ndarray,
        values: Mapping[Any, np.ndarray],
        sizes: Mapping[str, int],
        own: np.ndarray,
    ) -> np.ndarray | None:
        if self.by_value is None:
            return None
        return self._run(self.by_value, tensor, upstream, values, {**sizes, OWN: own})

    def _run(
        self,
        program: gc.Program,
        tensor: Any,
        upstream: np.ndarray,
        values: Mapping[Any, np.ndarray],
        more: Mapping[str, Any],
    ) -> np.ndarray:
        given: dict[str, Any] = {name: values[read] for read, name in self.names.items()}
        return program(**{**more, **given, UPSTREAM: upstream})[self.place[tensor]]


class Tape:
    """The backward pass of one derivative."""

    def __init__(self, reference: Reference, want: Wanted) -> None:
        self.network = network = reference.network
        self.of, self.by = network[want.of], network[str(want.by)]
        self.upstream = reference.upstream
        self.nodes = walk([self.of])
        self.active = self._active()
        self.edges = [
            Edge(node, read)
            for node in self.active
            if node is not self.by
            for read in node.inputs
            if read in self.active
        ]
        self.locals = {
            node: Local(node, [e.tensor for e in self.edges if e.node is node])
            for node in self.active
            if node is not self.by
        }
        computed = [node for node in self.nodes if node.kind == "map"]
        self._computed = computed
        self._program = (
            gc.compile(computed, [f"value{k}" for k in range(len(computed))], arguments=reference.leaves)
            if computed
            else None
        )
        self.titles = _titles(self.nodes)

    def _active(self) -> dict[Any, None]:
        """The tensors through which the one that is moved acts, in the order of the graph."""
        found: dict[Any, None] = {}
        for node in self.nodes:
            if node is self.by or any(read in found for read in node.inputs):
                found[node] = None
        return found

    def where(self, node: Any) -> str:
        """The equation of the model in which a tensor stands."""
        return self.titles[node]

    def values(self, case: Case) -> Mapping[Any, np.ndarray]:
        """Every tensor's value in a case."""
        key = (self, "values")
        if key not in case.cache:
            found: dict[Any, np.ndarray] = {
                node: np.asarray(float(node.value)) if node.kind == "const" else case.drawn[node.name]
                for node in self.nodes
                if node.kind != "map"
            }
            if self._program is not None:
                found |= dict(zip(self._computed, self._program(**case.drawn), strict=True))
            case.cache[key] = found
        return case.cache[key]

    def run(self, case: Case, changes: tuple[Change, ...] = ()) -> np.ndarray | None:
        """The derivative in a case, with some of its parts wrong; None where a change makes no sense there."""
        return self._pass(case, changes).get(self.by)

    def arrived(self, case: Case) -> Mapping[Any, np.ndarray]:
        """The derivative by every tensor on the way."""
        key = (self, "arrived")
        if key not in case.cache:
            case.cache[key] = self._pass(case, ())
        return case.cache[key]

    def _pass(self, case: Case, changes: tuple[Change, ...]) -> dict[Any, np.ndarray]:
        values = self.values(case)
        start = np.ones(()) if self.upstream is None else case.drawn[self.upstream.name]
        on_edge = {change.edge: change for change in changes if change.edge is not None}
        on_node = {change.node: change for change in changes if change.edge is None}
        arrived: dict[Any, np.ndarray] = {self.of: start}
        for node in reversed(list(self.active)):
            if node not in arrived:
                continue
            if node in on_node and on_node[node].arrived is not None:
                arrived[node] = on_node[node].arrived(arrived[node])  # type: ignore[misc]
            if node is self.by:
                break
            local = self.locals[node]
            for read in local.active:
                change = on_edge.get(Edge(node, read))
                if change is not None and change.carry is not None:
                    context = Context(local, read, arrived[node], values, case.sizes)
                    carried = change.carry(context)
                    if carried is None:
                        return {}
                else:
                    carried = local(read, arrived[node], values, case.sizes)
                if read in arrived and arrived[read].shape != carried.shape:
                    return {}
                arrived[read] = arrived[read] + carried if read in arrived else carried
        return arrived


@dataclass(frozen=True)
class Context:
    """What a change of an edge may look at."""

    local: Local
    tensor: Any
    upstream: np.ndarray
    values: Mapping[Any, np.ndarray]
    sizes: Mapping[str, int]

    @property
    def carried(self) -> np.ndarray:
        """What the edge rightly carries."""
        return self.local(self.tensor, self.upstream, self.values, self.sizes)

    def with_values(self, changed: Mapping[Any, np.ndarray]) -> np.ndarray:
        """What is carried where the slope is evaluated with other values."""
        return self.local(self.tensor, self.upstream, {**self.values, **changed}, self.sizes)

    def with_own(self, own: np.ndarray) -> np.ndarray | None:
        """What is carried where the tensor's own value in the slope is another."""
        return self.local.from_value(self.tensor, self.upstream, self.values, self.sizes, own)


def _titles(nodes: list[Any]) -> dict[Any, str]:
    """Each tensor's equation: its own name, or that of the next named one that needs it."""
    found: dict[Any, str] = {}
    for node in reversed(nodes):
        if node.name is not None:
            found[node] = node.name
        for read in node.inputs:
            if read.name is None:
                found.setdefault(read, found[node])
    return found
