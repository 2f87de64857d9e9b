"""Local derivatives: each is a step when it is first needed, and unfolds into how one finds it."""

from __future__ import annotations

from fractions import Fraction

from ..graph.arithmetic import rational, size_expression
from ..graph.node import Leaf, Map, Node
from ..graph.scalar import (
    ZERO,
    Apply,
    Read,
    Scalar,
    rewrite,
    transform,
    walk,
)
from ..language.expression import Call, Number
from .edge import Edge
from .graphs import Blocks
from .joining import relabelled
from .naming import subscripted
from .page import Page, places
from .paper import weight
from .plain import undone
from .putting import Meaning
from .reasons import listed
from .table import RULES
from .unfolding import Unfolding

SHORT = 16  # parts of a derivative that is shown as the equation says it before values are named
KINKS = {"max": "maximum", "min": "minimum", "abs": "absolute value", "where": "cases", "step": "flat", "sign": "flat"}


class Locals:
    """The local derivatives that have a name, each with its tensor."""

    def __init__(self, page: Page, blocks: Blocks) -> None:
        self.page, self.blocks = page, blocks
        self.leaves: dict[Edge, Leaf] = {}
        self._introduced: set[Node] = set()

    def name(self, edge: Edge) -> Scalar:
        """The name of a local derivative over its box, introduced by a step when it is first needed."""
        leaf = self.leaves.get(edge)
        if leaf is None:
            for node in (edge.of, edge.by):
                if isinstance(node, Map):
                    self.parts(node)
            self._masks(edge.of)
            others = self._others(edge)
            leaf = self.page.derivative(
                edge.of, edge.of_at, edge.by, edge.by_at, edge.box, edge.labels, True, "_direct" if others else ""
            )
            self.leaves[edge] = leaf
            self._write(edge, str(leaf.name), others)
        return leaf.read(places(leaf.rank))

    def first(self, edge: Edge) -> Scalar:
        """What stands in the step: as the equation says it if that is short, else in values that have names."""
        simple = weight(edge.raw, self.blocks.frozen) <= SHORT and not _opens(edge.raw, self.blocks)
        return edge.raw if simple else edge.body

    def meaning(self, edge: Edge, body: Scalar) -> Meaning:
        return Meaning(edge.labels, self.page.expression(body, edge.box, edge.labels))

    def _others(self, edge: Edge) -> list[str]:
        """Through what else a tensor reaches the one that is differentiated, if that reads it by itself too."""
        readers = self.blocks.incoming.get(edge.by, ()) if edge.of is self.blocks.of else ()
        return [self.page.called(other.of) for other in readers if other.of is not edge.of]

    def _write(self, edge: Edge, name: str, others: list[str]) -> None:
        body = self.first(edge)
        before = subscripted(name, edge.labels)
        after = self.page.expression(body, edge.box, edge.labels)
        of = self.page.called(edge.of)
        opens = (of,) if body is edge.raw else tuple(map(self.page.called, edge.values or (edge.of,)))
        by = self.page.called(edge.by)
        rule = "direct derivative" if others else "local derivative"
        why = f"How `{of}` moves when only `{by}` moves: all else in its equation stands still."
        if edge.raw is ZERO:
            rule = "flat"
            why = f"Between its jumps `{of}` is constant: when `{by}` moves a little, `{of}` stays what it is."
        elif others:
            why = f"`{by}` acts on `{of}` through {listed(others)} too: with that held, it is a part of the derivative."
        self.page.steps.add(
            rule,
            before,
            after,
            why=why,
            node=of,
            opens=tuple(dict.fromkeys((of, *opens))),
            conditions=kinks(edge),
            children=Unfolding(self.page, edge, body, before, after).children(),
        )

    def _masks(self, of: Map) -> None:
        """What an equation draws at random is said before it is spoken of."""
        pending: list[Node] = [of]
        while pending:
            for tensor in pending.pop().inputs:
                if isinstance(tensor, Leaf) and tensor.kind == "mask" and tensor not in self._introduced:
                    self._introduced.add(tensor)
                    name, labels = self.page.called(tensor), relabelled(of.labels[: tensor.rank], ())
                    drawn = Call("dropout", (Number(Fraction(1)), rational(tensor.value or Fraction(0))))
                    extents = tuple(map(size_expression, tensor.extents))
                    self.page.steps.add("draw", subscripted(name, labels), drawn, node=name, extents=extents)
                elif isinstance(tensor, Map) and tensor not in self.blocks.named:
                    pending.append(tensor)

    def parts(self, of: Map) -> None:
        """The parts that were named to take an equation apart, and the equation in them."""
        inside = self.blocks.inside(of)
        if of in self._introduced or (not inside and of not in self.blocks.parts):
            return
        self._introduced.add(of)
        for part in inside:
            self.parts(part)
        if of in self.blocks.parts:
            self._equation("name a part", of, ())
        else:
            why = f"This is the equation of `{self.page.called(of)}`, written in its parts."
            self._equation("equation", self._undone(of), tuple(map(self.page.called, (of, *inside))), why, of)

    def _undone(self, node: Map) -> Map:
        """An equation with log eᵘ = u in it, and in what it reads that has no name."""

        def change(part: Scalar) -> Scalar | None:
            tensor = part.tensor if isinstance(part, Read) else None
            if isinstance(tensor, Map) and tensor not in self.blocks.named and not tensor.name:
                return Read(self._undone(tensor), part.subscripts, part.guarded)  # type: ignore[attr-defined]
            return None

        return node.over(transform(rewrite(node.body, undone), change), node.write)

    def _equation(
        self, rule: str, node: Map, opens: tuple[str, ...], why: str | None = None, whole: Map | None = None
    ) -> None:
        """The equation of a node; `whole` is the tensor of that name where the node is a form of it."""
        name = self.page.called(node if whole is None else whole)
        bounds, after = self.page.names.expression(node.called(None))
        before = subscripted(name, [bound.name for bound in bounds])
        extents = tuple(map(size_expression, node.extents))
        self.page.steps.add(rule, before, after, why=why, node=name, opens=opens, extents=extents)


def _opens(body: Scalar, blocks: Blocks) -> bool:
    return any(
        isinstance(part, Read)
        and part.tensor not in blocks.named
        and isinstance(part.tensor, Map)
        and not part.tensor.name
        for part in walk(body)
    )


def kinks(edge: Edge) -> tuple[str, ...]:
    """What is agreed on where the derivative has no single value."""
    found: dict[str, None] = {}
    for way in edge.ways:
        for node in (edge.of, *way.through):
            if node.reduce in ("max", "min"):
                found[RULES["winner"].condition] = None
            for part in walk(node.body):
                if (
                    isinstance(part, Apply)
                    and part.operation in KINKS
                    and any(isinstance(one, Read) and one.tensor in (edge.by, *way.through) for one in walk(part))
                ):
                    relu = part.operation == "max" and ZERO in part.arguments
                    found[RULES["relu" if relu else KINKS[part.operation]].condition] = None
    return tuple(found)
