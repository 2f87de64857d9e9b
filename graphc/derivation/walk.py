"""From the equations to ∂of/∂w: the local derivatives on the way, the chain rule, and what becomes of the product.

A short path is one product of all its factors, as on a slide. Else the derivative of each tensor is found from those
of its readers, so that the work grows with the depth and no faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as replaced

from ..calculus.adjoint import Contribution
from ..calculus.differentiate import differentiate
from ..calculus.tidy import denominators
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import ONE, ZERO, Index, Read, Scalar, apply, move, move_affine, mul, position, walk, where
from ..language.expression import Expression
from .chain import Chain, chain
from .edge import Edge
from .folding import Section, folded
from .graphs import Blocks
from .joining import relabelled
from .local import Locals
from .naming import Names, subscripted
from .page import Box, Labels, Page, over, places
from .paper import cancelled, weight
from .product import Product, simplest, unfold
from .program import program
from .putting import Meaning
from .reasons import listed
from .results import Opener, result
from .step import Derivation, Derivative, Result
from .uses import linked

FACTORS = 8  # a product of more is found adjoint by adjoint


class Walk:
    """One derivation in the making."""

    def __init__(self, of: Node, wrt: Sequence[Node], net: Network) -> None:
        self.of, self.wrt, self.net = of, list(wrt), net
        names = Names(order([of, *wrt]), net.nodes)
        self.blocks = Blocks(of, wrt, names)
        self.page = Page(names)
        self.locals = Locals(self.page, self.blocks)
        self.opener = Opener()
        self.lead = of.extents
        self.adjoints: dict[Node, Leaf] = {}
        self.found: dict[Node, tuple[Scalar, Labels]] = {}
        self.sections: list[Section] = []

    def derivation(self) -> Derivation:
        for edges in self.blocks.still.values():
            for edge in edges:
                self.locals.name(edge)
        chains = {by: self._chain(by) for by in self.wrt if by in self.blocks.incoming}
        if all(found is not None for found in chains.values()):
            for by, found in chains.items():
                assert found is not None
                self._product(by, found)
        else:
            self._adjoints()
        for by in self.wrt:
            if by not in self.found:
                self._alone(by)
        results = self._results()
        steps = linked(folded(self.page.steps.found, self.sections))
        self.page.steps.found = list(steps)
        reached = [one.node for by, one in zip(self.wrt, results.values(), strict=True) if by in self.blocks.incoming]
        computed = program(self.page, [self.of, *reached]) if reached else None
        return Derivation(
            self.net.name,
            self.page.called(self.of),
            tuple(map(self.page.called, self.wrt)),
            (*steps, computed) if computed else tuple(steps),
            results,
            self._derivatives(),
            self.net,
        )

    def _derivatives(self) -> dict[str, Derivative]:
        """Those by one equation alone are marked where a total one of the same two tensors is something else."""
        several = {self.page.called(by) for by, incoming in self.blocks.incoming.items() if len(incoming) > 1}
        of = self.page.called(self.of)
        return {
            name: replaced(one, direct=one.edge and one.of == of and one.by in several)
            for name, one in self.page.derivatives.items()
        }

    # -- one product

    def _chain(self, by: Node) -> Chain | None:
        """The product along the only path from `of`, if there is only one and it is short."""
        edges: list[Edge] = []
        node = by
        while node is not self.of:
            incoming = self.blocks.incoming.get(node, [])
            if len(incoming) != 1 or len(edges) == FACTORS:
                return None
            edges.insert(0, incoming[0])
            node = incoming[0].of
        return chain(edges, self.page.names.unusable)

    def _product(self, by: Node, path: Chain) -> None:
        for edge, _ in path.factors:
            self.locals.name(edge)
        if len(path.factors) == 1 and self._is_whole(path.factors[0][0]):
            self._is_all(path.factors[0][0])
            return
        product = Product(
            [path.product(self.locals.name)],
            [path.product(self.locals.first)],
            [path.product(lambda edge: edge.body)],
            self._meanings((edge for edge, _ in path.factors), first=True),
            self._meanings((edge for edge, _ in path.factors), first=False),
            tuple(holder for edge, _ in path.factors for holder in edge.values),
            tuple(edge.of for edge, _ in reversed(path.factors) if edge.of is not self.of),
        )
        self._unfold(by, product)

    def _meanings(self, edges: Iterable[Edge], first: bool) -> dict[str, Meaning]:
        found = {}
        for edge in edges:
            body = self.locals.first(edge) if first else edge.body
            found[str(self.locals.leaves[edge].name)] = self.locals.meaning(edge, body)
        return found

    # -- adjoint by adjoint

    def _adjoints(self) -> None:
        for node in self.blocks.order[1:]:
            start = len(self.page.steps.found)
            self._adjoint(node, self.blocks.incoming[node])
            stop = len(self.page.steps.found)
            self.sections.append(Section(self.page.called(node), start, stop, isinstance(node, Map)))

    def _adjoint(self, node: Node, incoming: list[Edge]) -> None:
        for edge in incoming:
            self.locals.name(edge)
        only = incoming[0] if len(incoming) == 1 else None
        if only is not None and only.of is self.of and self._is_whole(only):
            self._is_all(only)
        else:
            self._unfold(node, self._shares(incoming))

    def _is_all(self, edge: Edge) -> None:
        """The local derivative of `of` by what nothing else reads is the whole derivative."""
        leaf = self.locals.leaves[edge]
        body = simplest(self.page, edge.body, edge.box, edge.labels, self.page.called(edge.by))
        self.adjoints[edge.by], self.found[edge.by] = leaf, (body, edge.labels)
        self.opener.define(leaf, body, edge.labels)

    def _is_whole(self, edge: Edge) -> bool:
        """Whether it is written over just the axes of the one end and then of the other."""
        return edge.of_at + edge.by_at == places(len(edge.box)) and edge.box == self.lead + edge.by.extents

    def _shares(self, incoming: list[Edge]) -> Product:
        first, then = self._meanings(incoming, first=True), self._meanings(incoming, first=False)
        for edge in incoming:
            if edge.of is not self.of and self._is_opened(edge):
                value, labels = self.found[edge.of]
                leaf = self.adjoints[edge.of]
                meaning = Meaning(labels, self.page.expression(value, leaf.extents, labels))
                first[str(leaf.name)] = then[str(leaf.name)] = meaning
        return Product(
            [self._share(edge, self.locals.name(edge)) for edge in incoming],
            [self._best(edge, self.locals.first(edge)) for edge in incoming],
            [self._best(edge, edge.body) for edge in incoming],
            first,
            then,
            tuple(holder for edge in incoming for holder in edge.values if self.locals.first(edge) is not edge.body),
            tuple(edge.of for edge in incoming if len(incoming) > 1 or edge.of is not self.of),
        )

    def _share(self, edge: Edge, slope: Scalar, upstream: Scalar | None = None) -> Contribution:
        """What one reader adds: its own adjoint, by name or as given over its axes, times the local derivative."""
        if edge.of is self.of:
            return Contribution(edge.box, edge.of_at + edge.by_at, edge.guarded, slope, edge.labels)
        rank = len(self.lead)
        shift = {Index(k): form for k, form in enumerate(places(len(edge.box), rank))}
        ends = places(rank) + tuple(move_affine(form, shift) for form in edge.of_at)
        if upstream is None:
            ahead: Scalar = self.adjoints[edge.of].read(ends, edge.of.guarded)
        else:
            ahead = move(upstream, {Index(k): form for k, form in enumerate(ends)})
        labels = (*(f"e{k}" for k in range(rank)), *edge.labels)
        write = places(rank) + tuple(move_affine(form, shift) for form in edge.by_at)
        return Contribution(self.lead + edge.box, write, edge.guarded, mul(ahead, move(slope, shift)), labels)

    def _best(self, edge: Edge, slope: Scalar) -> Contribution:
        """With the reader's adjoint by name or, where something cancels then, written out."""
        opened = edge.of is not self.of and self._is_opened(edge)
        return self._share(edge, slope, self.found[edge.of][0] if opened else None)

    def _is_opened(self, edge: Edge) -> bool:
        """Whether the reader's adjoint is better written out than named."""
        value, _ = self.found[edge.of]
        if isinstance(value, Read) or edge.of.guarded:
            return False
        if any(isinstance(part, Read) and self._is_sum(part.tensor) for part in walk(value)):
            return False
        opened = self._share(edge, edge.body, value)
        if not all(
            part.tensor.extents == _lengths(part, opened.box) for part in walk(opened.body) if isinstance(part, Read)
        ):
            return False  # an index would run over axes of different lengths
        after = cancelled(opened.body)
        gone = not denominators(value) <= denominators(after)
        return gone or weight(after) <= weight(self._share(edge, edge.body).body)

    def _is_sum(self, tensor: Node) -> bool:
        return isinstance(tensor, Map) and tensor not in self.blocks.named

    # -- no path

    def _alone(self, by: Node) -> None:
        """What is differentiated by itself, or by what it does not read."""
        extents, rank = self.lead + by.extents, len(self.lead)
        labels = relabelled("ijklmnop"[: len(extents)], self.page.names.unusable)
        body: Scalar = ZERO
        if by is self.of:
            pairs = zip(places(rank), places(rank, rank), strict=True)
            body = mul(*(where(apply("eq", position(one), position(two)), ONE, ZERO) for one, two in pairs))
        flat = [] if by is self.of else self.blocks.flat(by)
        leaf = self._name(by, labels)
        rule, before = "nothing to do" if body is ZERO else "start", subscripted(str(leaf.name), labels)
        name, of = self.page.called(by), self.page.called(self.of)
        why = f"`{of}` does not depend on `{name}`: nothing that it is made from reads it." if body is ZERO else None
        if flat:
            rule, why = "no slope", self._why_flat(name, of, flat)
        self.page.steps.add(rule, before, self.page.expression(body, extents, labels), node=name, why=why)
        self.found[by] = (body, labels)

    def _why_flat(self, name: str, of: str, flat: list[Edge]) -> str | None:
        through = list(dict.fromkeys(self.page.called(edge.of) for edge in flat))
        if through == [of]:
            return None
        are = "which is" if len(through) == 1 else "which are"
        return (
            f"`{name}` acts on `{of}` through {listed(through)} alone, {are} flat: a small move of `{name}` changes "
            "nothing, and no gradient says where to go."
        )

    # -- both

    def _unfold(self, by: Node, product: Product) -> None:
        extents = self.lead + by.extents
        labels = self._axes(by, product.named[0])
        leaf = self._name(by, labels)
        before: Expression = subscripted(str(leaf.name), labels)
        body = unfold(self.page, product, before, extents, labels, self.page.called(by))
        self.adjoints[by], self.found[by] = leaf, (body, labels)
        self.opener.define(leaf, body, labels)

    def _name(self, by: Node, labels: Labels) -> Leaf:
        extents = self.lead + by.extents
        rank = len(self.lead)
        ends = places(len(extents))
        return self.page.derivative(self.of, ends[:rank], by, ends[rank:], extents, labels, False)

    def _axes(self, by: Node, given: Contribution) -> Labels:
        """What the axes of a derivative are called: as the indices that write them, else as the tensor's own."""
        wishes = []
        for axis, form in enumerate(given.write):
            index, own = form.plain, axis - len(self.lead)
            label = by.labels[own] if isinstance(by, Map) and 0 <= own < len(by.labels) else "ijklmnop"[axis % 8]
            wishes.append(given.labels[index.key] if index else label)
        return relabelled(wishes, self.page.names.unusable)

    def _results(self) -> dict[str, Result]:
        nodes = differentiate(self.of, self.wrt)
        found = {}
        for by, node in zip(self.wrt, nodes, strict=True):
            extents = self.lead + by.extents
            body, labels = self.found[by]
            names = self.page.names.of
            one = result(self.net, self.of, by, names, over(body, extents, labels), self.opener, node)
            found[f"d{names[self.of]}/d{names[by]}"] = one
        return found


def _lengths(read: Read, box: Box) -> Box:
    """The lengths of a read's axes as its indices have them."""
    plain = (form.plain for form in read.subscripts)
    return tuple(box[index.key] if index else own for index, own in zip(plain, read.tensor.extents, strict=True))
