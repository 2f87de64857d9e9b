"""From the equations to ∂of/∂w: the local derivatives on the way, the chain rule, and what becomes of the product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..calculus.adjoint import Contribution
from ..calculus.differentiate import differentiate
from ..calculus.tidy import tidy
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import Affine, Index, Scalar, add, affine, move, move_affine, mul
from ..graph.size import Size
from ..language.expression import Expression, Name
from .edge import Edge
from .graphs import Blocks
from .joining import joined, relabelled
from .naming import Names, subscripted
from .paper import common, on_paper
from .step import Derivation, Derivative, Result
from .steps import Steps
from .sums import settled, whole, with_known_sums

FACTORS = 8  # a product of more is found adjoint by adjoint


@dataclass(frozen=True)
class Chain:
    """A product of local derivatives along a path: the box they share, and what they are read at there."""

    box: tuple[Size, ...]
    labels: tuple[str, ...]
    of_at: tuple[Affine, ...]
    at: tuple[Affine, ...]
    factors: tuple[tuple[Edge, tuple[Affine, ...]], ...]


class Walk:
    """One derivation in the making."""

    def __init__(self, of: Node, wrt: Sequence[Node], net: Network) -> None:
        self.of, self.wrt, self.net = of, list(wrt), net
        nodes = [*order([of, *wrt])]
        self.names = Names(nodes, net.nodes)
        self.blocks = Blocks(of, wrt, self.names)
        self.steps = Steps()
        self.derivatives: dict[str, Derivative] = {}
        self.leaves: dict[Edge, Leaf] = {}
        self.found: dict[Node, Scalar] = {}
        self.labels: dict[Node, tuple[str, ...]] = {}

    def derivation(self) -> Derivation:
        for by in self.wrt:
            chain = self._path(by)
            assert chain is not None
            self._product(by, chain)
        nodes = differentiate(self.of, self.wrt)
        results = {
            f"d{self.names.of[self.of]}/d{self.names.of[by]}": self._result(by, node)
            for by, node in zip(self.wrt, nodes, strict=True)
        }
        wrt = tuple(self.names.of[by] for by in self.wrt)
        return Derivation(
            self.net.name, self.names.of[self.of], wrt, tuple(self.steps.found), results, self.derivatives, self.net
        )

    # -- local derivatives

    def _local(self, edge: Edge) -> Leaf:
        """The name of a local derivative, introduced by a step when it is first needed."""
        if edge not in self.leaves:
            of, by = self.names.of[edge.of], self.names.of[edge.by]
            name = self.names.derivative(of, by)
            self.leaves[edge] = Leaf("input", name, edge.box)
            self.names.of[self.leaves[edge]] = name
            self.derivatives[name] = Derivative(
                name,
                edge.labels,
                of,
                self._forms(edge.of_at, edge.box, edge.labels),
                by,
                self._forms(edge.by_at, edge.box, edge.labels),
                True,
            )
            self.steps.add(
                "local derivative",
                subscripted(name, edge.labels),
                self._expression(edge.raw, edge.box, edge.labels),
                node=of,
                opens=(of,),
            )
        return self.leaves[edge]

    # -- a product of all factors

    def _path(self, by: Node) -> Chain | None:
        """The product along the only path from `of`, if there is only one and it is short."""
        edges: list[Edge] = []
        node = by
        while node is not self.of:
            incoming = self.blocks.incoming.get(node, [])
            if len(incoming) != 1 or len(edges) == FACTORS:
                return None
            edges.insert(0, incoming[0])
            node = incoming[0].of
        chain: Chain | None = None
        for edge in edges:
            chain = self._longer(chain, edge)
            if chain is None:
                return None
        return chain

    def _longer(self, chain: Chain | None, edge: Edge) -> Chain | None:
        places = tuple(affine(Index(k)) for k in range(len(edge.box)))
        if chain is None:
            return None if edge.guarded else Chain(edge.box, edge.labels, edge.of_at, edge.by_at, ((edge, places),))
        both = joined(
            chain.box, chain.labels, chain.at, edge.box, edge.labels, edge.of_at, edge.of.extents, self.names.unusable
        )
        if both is None or edge.guarded:
            return None
        earlier = tuple((one, tuple(move_affine(f, both.first) for f in at)) for one, at in chain.factors)
        here = (edge, tuple(move_affine(f, both.second) for f in places))
        return Chain(
            both.box,
            both.labels,
            tuple(move_affine(f, both.first) for f in chain.of_at),
            tuple(move_affine(f, both.second) for f in edge.by_at),
            (*earlier, here),
        )

    def _product(self, by: Node, chain: Chain) -> None:
        leaves = [self._local(edge) for edge, _ in chain.factors]

        def product(factor: Callable[[Edge], Scalar]) -> Contribution:
            parts = (move(factor(edge), {Index(k): f for k, f in enumerate(at)}) for edge, at in chain.factors)
            return Contribution(chain.box, chain.of_at + chain.at, False, mul(*parts), chain.labels)

        def name(edge: Edge) -> Scalar:
            leaf = self.leaves[edge]
            return leaf.read(affine(Index(k)) for k in range(leaf.rank))

        del leaves
        self._unfold(by, [product(name)], [product(lambda edge: edge.raw)], [product(lambda edge: edge.body)])

    # -- what becomes of a product

    def _unfold(self, by: Node, named: list[Contribution], raw: list[Contribution], values: list[Contribution]) -> None:
        extents = self.of.extents + by.extents
        labels = self._axes(named[0], extents)
        of, by_name = self.names.of[self.of], self.names.of[by]
        name = self._total(by, labels)
        before: Expression = subscripted(name, labels)
        tidied = [Contribution(c.box, c.write, c.guarded, on_paper(tidy(c.body)), c.labels) for c in values]
        settled_ = add(*(settled(c, extents) for c in tidied))
        known, reasons, conditions = with_known_sums(settled_)
        final = common(on_paper(tidy(known)))
        forms: list[tuple[str, Scalar, tuple[str, ...]]] = [
            ("chain rule" if len(named) == 1 else "sum over paths", _total(named, extents), ()),
            ("put in", _total(raw, extents), ()),
            ("named value", _total(values, extents), ()),
            ("cancel", _total(tidied, extents), ()),
            ("a sum over a delta", settled_, ()),
            (reasons[0] if reasons else "simplify", known, conditions),
            ("collect", final, ()),
        ]
        for rule, body, assumed in forms:
            after = self._expression(body, extents, labels)
            if after is not before:
                self.steps.add(rule, before, after, node=by_name, opens=self._opens(rule), conditions=assumed)
                before = after
        del of
        self.found[by], self.labels[by] = final, labels

    def _opens(self, rule: str) -> tuple[str, ...]:
        return tuple(self.names.of[n] for n in self.blocks.order if isinstance(n, Map)) if rule == "named value" else ()

    def _total(self, by: Node, labels: tuple[str, ...]) -> str:
        of, to = self.names.of[self.of], self.names.of[by]
        name = next((n for n, d in self.derivatives.items() if d.of == of and d.by == to), None)
        if name is None:
            name = self.names.derivative(of, to)
            places = tuple(map(Name, labels))
            rank = self.of.rank
            self.derivatives[name] = Derivative(name, labels, of, places[:rank], to, places[rank:])
        return name

    def _axes(self, given: Contribution, extents: tuple[Size, ...]) -> tuple[str, ...]:
        """What the axes of a result are called: as the indices that write them."""
        wishes = []
        for axis, form in enumerate(given.write):
            index = form.plain
            wishes.append(given.labels[index.key] if index else "ijklmnopqrstuvwxyz"[axis % 18])
        return relabelled(wishes, self.names.unusable)

    # -- results

    def _result(self, by: Node, node: Node) -> Result:
        extents = self.of.extents + by.extents
        bounds, body = self.names.expression(self._map(self.found[by], extents, self.labels[by]))
        given = any(bound.extent is not None for bound in bounds)
        return Result(
            self.names.of[self.of],
            self.names.of[by],
            tuple(bound.name for bound in bounds),
            tuple(map(str, extents)) if given else None,
            body,
            None,
            node,
        )

    # -- in words

    def _map(self, body: Scalar, box: tuple[Size, ...], labels: tuple[str, ...]) -> Map:
        identity = tuple(affine(Index(k)) for k in range(len(box)))
        return Map(None, box, box, identity, False, None, body, labels)

    def _expression(self, body: Scalar, box: tuple[Size, ...], labels: tuple[str, ...]) -> Expression:
        return self.names.expression(self._map(body, box, labels))[1]

    def _forms(self, forms: Iterable[Affine], box: tuple[Size, ...], labels: tuple[str, ...]) -> tuple[Expression, ...]:
        from ..graph.scalar import position

        return tuple(self._expression(position(form), box, labels) for form in forms)


def _total(given: list[Contribution], extents: tuple[Size, ...]) -> Scalar:
    return add(*(whole(one, extents) for one in given))
