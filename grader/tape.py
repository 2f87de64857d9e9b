"""The backward pass of the declared graph as compiled local products, so that one factor of it can be wrong.

Each tensor has programs of its own: its value from what it reads, and what it passes on to each of those, by its own
equation alone. Forward and backward pass are then walks over arrays, and a mistake is a change of what one edge of the
graph carries. Equations that are alike share their programs, so that a network with one equation changed costs no more
than that equation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import graphc as gc

from .references import walk

if TYPE_CHECKING:
    from .inputs import Case
    from .references import Wanted

# What an edge carries instead, or None where that makes no sense.
Carry = Callable[["Context"], "np.ndarray | None"]
Values = Mapping[Any, np.ndarray]
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
    """One equation with given tensors in the place of what it reads: its value, and its derivative by each of them."""

    def __init__(self, alone: Any, reads: Sequence[Any]) -> None:
        self.alone, self.reads = alone, reads
        self.upstream = gc.input(UPSTREAM, alone.extents)
        self.own = gc.input(OWN, alone.extents)
        self._slopes: dict[int, gc.Program] = {}
        self._by_value: dict[int, gc.Program | None] = {}

    @cached_property
    def program(self) -> gc.Program:
        return gc.compile(self.alone, arguments=list(self.reads))

    def value(self, given: Sequence[np.ndarray], sizes: Mapping[str, int]) -> np.ndarray:
        return self.program(**sizes, **self._named(given))

    def slope(
        self, place: int, upstream: np.ndarray, given: Sequence[np.ndarray], sizes: Mapping[str, int]
    ) -> np.ndarray:
        """What is passed on to the tensor read at that place."""
        if place not in self._slopes:
            node = gc.grad(self.alone, self.reads[place], self.upstream)
            self._slopes[place] = gc.compile(node, arguments=[*self.reads, self.upstream])
        return self._slopes[place](**sizes, **self._named(given), **{UPSTREAM: upstream})

    def slope_at(
        self,
        place: int,
        upstream: np.ndarray,
        given: Sequence[np.ndarray],
        sizes: Mapping[str, int],
        own: np.ndarray,
    ) -> np.ndarray | None:
        """The same where it says y(1 − y), with another y; None where it says no such thing."""
        if place not in self._by_value:
            node = gc.grad(self.alone, self.reads[place], self.upstream)
            (moved,) = gc.substituted([node], {self.alone: self.own})
            arguments = [*self.reads, self.upstream, self.own]
            self._by_value[place] = None if moved is node else gc.compile(moved, arguments=arguments)
        program = self._by_value[place]
        if program is None:
            return None
        return program(**sizes, **self._named(given), **{UPSTREAM: upstream, OWN: own})

    def _named(self, given: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        return {read.name: array for read, array in zip(self.reads, given, strict=True)}


class Locals:
    """The programs of equations, each made once, whatever the tensors that are read are called."""

    def __init__(self) -> None:
        self._found: dict[Any, Local] = {}

    def __call__(self, node: Any) -> Local:
        alone: Any
        reads = [
            read if read.integer else gc.input(f"read{place}_", read.extents) for place, read in enumerate(node.inputs)
        ]
        (alone,) = gc.substituted([node], dict(zip(node.inputs, reads, strict=True)))
        alone = alone.called(None)
        if alone not in self._found:
            self._found[alone] = Local(alone, reads)
        return self._found[alone]


class Tape:
    """The forward and the backward pass of one value: a tensor, or the derivative of one."""

    def __init__(self, network: gc.Network, want: Wanted, upstream: Any | None, locals: Locals) -> None:
        self.network, self.upstream = network, upstream
        self.of, self.by = network[want.of], None if want.by is None else network[want.by]
        self.nodes = walk([self.of])
        self.active = self._active()
        self.locals = {node: locals(node) for node in self.nodes if node.kind == "map"}
        backward = [node for node in self.active if node is not self.by]
        self.edges = [Edge(node, read) for node in backward for read in node.inputs if read in self.active]
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

    def beside(self, tensor: Any) -> list[Edge]:
        """The edges of other tensors whose slopes it stands in."""
        return [edge for edge in self.edges if tensor in edge.node.inputs and tensor is not edge.tensor]

    def meetings(self) -> Iterator[tuple[Any, list[Edge]]]:
        """The tensors in which more than two ways back meet."""
        for node in self.active:
            edges = [edge for edge in self.edges if edge.tensor is node]
            if len(edges) > 2:
                yield node, edges

    def values(self, case: Case) -> Values:
        """Every tensor's value in a case."""
        key = (self, "values")
        if key not in case.cache:
            case.cache[key] = self.computed(case, {})
        return case.cache[key]

    def computed(self, case: Case, given: Values) -> dict[Any, np.ndarray]:
        """The forward pass, where some tensors have values that they are given."""
        found: dict[Any, np.ndarray] = {}
        for node in self.nodes:
            if node in given:
                found[node] = given[node]
            elif node.kind == "map":
                found[node] = self.locals[node].value([found[read] for read in node.inputs], case.sizes)
            else:
                found[node] = np.asarray(float(node.value)) if node.kind == "const" else case.drawn[node.name]
        return found

    def run(self, case: Case, changes: tuple[Change, ...] = (), values: Values | None = None) -> np.ndarray | None:
        """The value in a case, with some parts of the backward pass wrong; None where a change makes no sense there."""
        values = self.values(case) if values is None else values
        return values[self.of] if self.by is None else self._pass(case, changes, values).get(self.by)

    def arrived(self, case: Case) -> Values:
        """The derivative by every tensor on the way."""
        key = (self, "arrived")
        if key not in case.cache:
            case.cache[key] = self._pass(case, (), self.values(case))
        return case.cache[key]

    def contributions(self, case: Case, edge: Edge, axis: int) -> np.ndarray:
        """What an edge carries, apart for each place along an axis of the upstream; that axis comes first."""
        values, upstream = self.values(case), self.arrived(case)[edge.node]
        parts = []
        for place in range(upstream.shape[axis]):
            alone = np.zeros_like(upstream)
            chosen = (slice(None),) * axis + (place,)
            alone[chosen] = upstream[chosen]
            parts.append(self.context(edge, alone, values, case.sizes).carried)
        return np.stack(parts)

    def context(self, edge: Edge, upstream: np.ndarray, values: Values, sizes: Mapping[str, int]) -> Context:
        return Context(self.locals[edge.node], edge, upstream, values, sizes)

    def _pass(self, case: Case, changes: tuple[Change, ...], values: Values) -> dict[Any, np.ndarray]:
        start = np.ones(()) if self.upstream is None else case.drawn[self.upstream.name]
        on_edge = {change.edge: change.carry for change in changes if change.carry is not None}
        on_node = {change.node: change.arrived for change in changes if change.arrived is not None}
        arrived: dict[Any, np.ndarray] = {self.of: start}
        for node in reversed(list(self.active)):
            if node not in arrived:
                continue
            if node in on_node:
                arrived[node] = on_node[node](arrived[node])
            if node is self.by:
                break
            for read in node.inputs:
                if read not in self.active:
                    continue
                edge = Edge(node, read)
                context = self.context(edge, arrived[node], values, case.sizes)
                carried = on_edge[edge](context) if edge in on_edge else context.carried
                if carried is None or (read in arrived and arrived[read].shape != carried.shape):
                    return {}
                arrived[read] = arrived[read] + carried if read in arrived else carried
        return arrived


@dataclass(frozen=True)
class Context:
    """An edge in a case: what a change of it may look at."""

    local: Local
    edge: Edge
    upstream: np.ndarray
    values: Values
    sizes: Mapping[str, int]

    @property
    def own(self) -> np.ndarray:
        """The value of the tensor that reads."""
        return self.values[self.edge.node]

    @property
    def before(self) -> np.ndarray:
        """The value of the tensor that is read."""
        return self.values[self.edge.tensor]

    @property
    def carried(self) -> np.ndarray:
        """What the edge rightly carries."""
        return self.carrying(self.upstream)

    def carrying(self, upstream: np.ndarray) -> np.ndarray:
        return self.local.slope(self._place, upstream, self._given(self.values), self.sizes)

    def with_values(self, changed: Values) -> np.ndarray:
        """What is carried where the slope is evaluated with other values."""
        return self.local.slope(self._place, self.upstream, self._given({**self.values, **changed}), self.sizes)

    def with_own(self, own: np.ndarray) -> np.ndarray | None:
        """What is carried where the tensor's own value in the slope is another."""
        return self.local.slope_at(self._place, self.upstream, self._given(self.values), self.sizes, own)

    @property
    def _place(self) -> int:
        return self.edge.node.inputs.index(self.edge.tensor)

    def _given(self, values: Values) -> list[np.ndarray]:
        return [values[read] for read in self.edge.node.inputs]


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
