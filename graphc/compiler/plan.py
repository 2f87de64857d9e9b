"""Where each atom's value lives: what is computed in place of what, and which memory is used again.

A chain is a run of atoms that share one array, each computed over the one before it. Chains are fresh (what the caller
gets), constant (computed when the sizes are known), kept (memory of their own), borrowed from chains that are done, or
owned: a result that stays where it is, in memory made for it or over a given tensor that nobody reads any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ..graph.node import Leaf, Map, Node
from ..graph.scalar import Apply, Index, Read
from ..graph.size import Size, size
from .kinds import kind
from .layout import Layout

# Operations that may overwrite one of their operands, and which; None is any.
IN_PLACE: dict[str, int | None] = {
    **dict.fromkeys(("add", "sub", "mul", "div", "pow", "neg", "square", "sqrt", "reciprocal", "abs", "sign")),
    **dict.fromkeys(("exp", "log", "sin", "cos", "tanh", "logaddexp", "max", "min")),
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne", "and")),
    "where": 2,
    "keep": 1,
    "select": 1,
}


@dataclass
class Chain:
    storage: str  # fresh, constant, kept, new, borrowed, or owned
    members: list[Map] = field(default_factory=list)
    lender: Chain | None = None
    over: Leaf | None = None


class Plan:
    """`fresh` are the results with arrays of their own; `owned` those of them that stay, each over a leaf or not."""

    def __init__(
        self,
        nodes: Sequence[Node],
        fresh: set[Node],
        returned: Iterable[Node],
        layout: Layout,
        owned: Mapping[Node, Leaf | None] = MappingProxyType({}),
    ) -> None:
        self.nodes, self.fresh, self.layout, self.owned = nodes, fresh, layout, owned
        self.constant: set[Node] = set()
        self.chain: dict[Node, Chain] = {}
        self.last: dict[Node, int] = {}
        for step, node in enumerate(nodes):
            if isinstance(node, Map) and all(tensor in self.constant for tensor in node.inputs):
                self.constant.add(node)
            for tensor in node.inputs:
                self.last[tensor] = step
        self.last.update(dict.fromkeys(returned, len(nodes)))  # copied out when all is done
        self._chains()
        for node, leaf in owned.items():
            if leaf is not None:
                self._settle_over(node, leaf)
        self._lend()

    def _chains(self) -> None:
        for step, node in enumerate(self.nodes):
            if isinstance(node, Leaf):
                continue
            assert isinstance(node, Map)
            before = self._overwritten(node, step)
            chain = self.chain[before] if before is not None else Chain(self._storage(node))
            if node in self.fresh:
                chain.storage = "owned" if node in self.owned else "fresh"
            chain.members.append(node)
            self.chain[node] = chain

    def _storage(self, node: Map) -> str:
        if node in self.fresh:
            return "fresh"
        if node in self.constant:
            return "constant"
        return "kept" if padded(node) else "new"

    def _settle_over(self, node: Node, leaf: Leaf) -> None:
        """The result takes the leaf's memory from the first of its steps at which nobody needs the old values later."""
        chain, last = self.chain[node], self.last.get(leaf, -1)
        step = {member: self.nodes.index(member) for member in chain.members}
        for place, member in enumerate(chain.members):
            if step[member] > last or (step[member] == last and self._may_overwrite(member, leaf)):
                if place:
                    behind = Chain("owned", chain.members[place:])
                    chain.storage, chain.members = self._storage(chain.members[0]), chain.members[:place]
                    self.chain.update(dict.fromkeys(behind.members, behind))
                    chain = behind
                chain.over = leaf
                return

    def _may_overwrite(self, node: Map, leaf: Leaf) -> bool:
        """Whether each element is computed from the leaf's element at the same place, which is read before."""
        body = node.body
        if not node.plain or node.reduce is not None or not isinstance(body, Apply) or body.operation not in IN_PLACE:
            return False
        only = IN_PLACE[body.operation]
        own = [place for place, part in enumerate(body.arguments) if isinstance(part, Read) and part.tensor is leaf]
        return (only is None or own == [only]) and all(
            self._in_order(read) for read in node.reads if read.tensor is leaf
        )

    def _overwritten(self, node: Map, step: int) -> Map | None:
        """The operand whose memory the result may take: it has the same shape and nobody reads it later."""
        body = node.body
        if node in self.constant or not node.plain or node.reduce is not None or not isinstance(body, Apply):
            return None
        if body.operation not in IN_PLACE:
            return None
        only = IN_PLACE[body.operation]
        for place, operand in enumerate(body.arguments):
            if not isinstance(operand, Read) or (only is not None and place != only):
                continue
            source = operand.tensor
            if not isinstance(source, Map) or source in self.fresh or self.last[source] != step:
                continue
            if self.chain[source].storage not in ("new", "fresh") or source.extents != node.extents:
                continue
            if kind(source) != kind(node) or self.layout.order(source) != self.layout.order(node):
                continue
            if all(self._in_order(read) for read in node.reads if read.tensor is source):
                return source
        return None

    @staticmethod
    def _in_order(read: Read) -> bool:
        return all(form.plain is Index(axis) for axis, form in enumerate(read.subscripts))

    def _lend(self) -> None:
        """Chains take the memory of finished ones with as many elements of the same kind."""
        free: dict[tuple[Size, str], list[Chain]] = {}
        for step, node in enumerate(self.nodes):
            chain = self.chain.get(node)
            if chain is not None and chain.members[0] is node and chain.storage == "new":
                available = free.get(measure(node))
                if available:
                    chain.storage, chain.lender = "borrowed", available.pop()
            for done in self._finished(node, step):
                free.setdefault(measure(done.members[0]), []).append(done)

    def _finished(self, node: Node, step: int) -> list[Chain]:
        """The chains whose last member has been read for the last time."""
        return [
            self.chain[tensor]
            for tensor in dict.fromkeys((node, *node.inputs))
            if tensor in self.chain
            and self.chain[tensor].storage in ("new", "borrowed")
            and self.chain[tensor].members[-1] is tensor
            and self.last.get(tensor, step) == step
        ]


def measure(node: Node) -> tuple[Size, str]:
    total = size(1)
    for extent in node.extents:
        total *= extent
    return total, kind(node)


def padded(node: Node) -> bool:
    """A copy with zeros around it, which are written once and never again."""
    return isinstance(node, Map) and isinstance(node.body, Read) and node.body.guarded and not node.gathers
