"""The graph as a reader sees it: named tensors, and the local derivatives between them.

An equation whose derivative would be long, or is no single formula, is taken apart: parts of it get names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced

from ..calculus.sweep import active
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import ZERO
from .edge import Edge, Path, TooTangled, edge, paths
from .naming import Names, Values
from .paper import cancelled, on_paper, weight

LONG = 40  # parts of a local derivative, from which on what its equation sums is named first


class Blocks:
    """`incoming` has the local derivatives of what reads a tensor by that, `order` the tensors from `of` back."""

    def __init__(self, of: Node, wrt: Sequence[Node], names: Names) -> None:
        self.of, self.wrt, self.names = of, list(wrt), names
        nodes = order([of])
        self.parts: set[Map] = set()  # what was named here, to take equations apart
        self.named: set[Node] = {node for node in nodes if isinstance(node, Leaf) or node in names.of}
        if of not in self.named and isinstance(of, Map):
            names.invent(of, "y" if of.rank else "L")
            self.named.add(of)
        computed = [node for node in nodes if isinstance(node, Map)]
        if not any(node.name for node in computed):
            self._name(computed)  # a graph made in Python
        for node in nodes:
            if isinstance(node, Map) and node not in self.named and not node.plain:
                names.invent(node)
                self.named.add(node)
                self.parts.add(node)
        self.values = Values(sorted(nodes, key=lambda node: node not in self.named))
        self.active = active(nodes, set(wrt))
        self.incoming: dict[Node, list[Edge]] = {}
        self.still: dict[Map, list[Edge]] = {}  # the local derivatives that are 0, by the tensor that is flat
        self.order: list[Node] = []
        for node in reversed(nodes):
            if node in self.active and (node is of or node in self.incoming):
                self.order.append(node)
                if isinstance(node, Map):
                    for one in self._edges(node):
                        self.incoming.setdefault(one.by, []).append(one)

    @property
    def frozen(self) -> frozenset[Node]:
        return frozenset(self.named)

    def _edges(self, node: Map) -> list[Edge]:
        """The local derivatives of one equation, taken apart as far as is needed."""
        self._name(self._shared(node))
        while True:
            try:
                found = self._try(node)
            except TooTangled as tangled:
                self._name([part for part in tangled.parts if part not in self.named])
                continue
            parts = self._sums(node) if any(self._long(one) for one in found) else []
            if not parts:
                return found
            self._name(parts)

    def flat(self, by: Node) -> list[Edge]:
        """The local derivatives that are 0 on the ways to a tensor, so that nothing on them gets any further."""
        below = active(order([self.of]), {by})
        return [one for edges in self.still.values() for one in edges if one.by in below]

    def _try(self, node: Map) -> list[Edge]:
        ways: dict[Node, list[Path]] = {}
        holders: dict[Node, list[Map]] = {}
        still: dict[Node, Path] = {}
        for by, path in paths(node, self.named, self.active, self.names.unusable):
            if path.raw is ZERO:
                still[by] = path
                continue
            slope, used = self.values.named(path.slope)
            ways.setdefault(by, []).append(replaced(path, slope=cancelled(slope)))
            holders.setdefault(by, []).extend(used)
        self.still[node] = [edge(node, by, [path], self.names.unusable) for by, path in still.items() if by not in ways]
        found = (edge(node, by, each, self.names.unusable) for by, each in ways.items())
        return [self._in_values(one, holders[one.by]) for one in found]

    def _in_values(self, found: Edge, holders: list[Map]) -> Edge:
        """The local derivative with its sums, too, in the values that have names."""
        body, used = self.values.named(found.body)
        body = on_paper(body, found.of)
        if body is found.raw:
            return found
        named = (one for one in (found.of, *holders, *used) if one in self.named)
        return replaced(found, body=body, values=tuple(dict.fromkeys(named)))

    def inside(self, node: Node) -> list[Map]:
        """The parts with a name made here that stand in an equation."""
        found: dict[Map, None] = {}
        pending, seen = [node], {node}
        while pending:
            for tensor in pending.pop().inputs:
                if isinstance(tensor, Map) and tensor in self.parts:
                    found[tensor] = None
                elif tensor not in self.named and tensor not in seen:
                    seen.add(tensor)
                    pending.append(tensor)
        return list(found)

    def _long(self, found: Edge) -> bool:
        return weight(found.body, frozenset(self.named)) > LONG

    def _shared(self, node: Map) -> list[Map]:
        """The unnamed tensors that move and are read at several places of one equation."""
        count: dict[Map, int] = {}
        pending: list[Map] = [node]
        while pending:
            for read in pending.pop().reads:
                part = read.tensor
                if isinstance(part, Map) and part not in self.named and part in self.active:
                    count[part] = count.get(part, 0) + 1
                    if count[part] == 1:
                        pending.append(part)
        return [part for part, times in count.items() if times > 1]

    def _sums(self, node: Map) -> list[Map]:
        """The unnamed reductions nearest to an equation that move."""
        found: dict[Map, None] = {}
        pending = [node]
        while pending:
            for tensor in pending.pop().inputs:
                if isinstance(tensor, Map) and tensor not in self.named and tensor in self.active:
                    if tensor.reduce:
                        found[tensor] = None
                    else:
                        pending.append(tensor)
        return list(found)

    def _name(self, parts: list[Map]) -> None:
        for part in parts:
            if part not in self.named:
                self.names.invent(part)
                self.named.add(part)
                self.parts.add(part)
