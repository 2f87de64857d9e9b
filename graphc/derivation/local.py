"""Local derivatives: each is a step when it is first needed, and unfolds into how one finds it."""

from __future__ import annotations

from itertools import count

from ..calculus.adjoint import Contribution
from ..graph.node import Leaf, Map
from ..graph.scalar import (
    ONE,
    PIECEWISE,
    ZERO,
    Affine,
    Apply,
    Index,
    Read,
    Scalar,
    affine,
    apply,
    move,
    move_affine,
    mul,
    position,
    walk,
    where,
)
from ..language.expression import Expression
from .edge import Edge, Path
from .graphs import Blocks
from .naming import subscripted
from .page import Page, places
from .paper import on_paper, weight
from .putting import Meaning
from .scalar import explain
from .step import Step
from .sums import whole
from .table import RULES

SHORT = 16  # parts of a derivative that is shown as the equation says it before values are named
KINKS = {"max": "maximum", "min": "minimum", "abs": "absolute value", "where": "cases"}


class Locals:
    """The local derivatives that have a name, each with its tensor."""

    def __init__(self, page: Page, blocks: Blocks) -> None:
        self.page, self.blocks = page, blocks
        self.leaves: dict[Edge, Leaf] = {}
        self._introduced: set[Map] = set()

    def name(self, edge: Edge) -> Scalar:
        """The name of a local derivative over its box, introduced by a step when it is first needed."""
        leaf = self.leaves.get(edge)
        if leaf is None:
            self.parts(edge.of)
            leaf = self.page.derivative(edge.of, edge.of_at, edge.by, edge.by_at, edge.box, edge.labels, True)
            self.leaves[edge] = leaf
            self._write(edge, str(leaf.name))
        return leaf.read(places(leaf.rank))

    def first(self, edge: Edge) -> Scalar:
        """What stands in the step: as the equation says it if that is short, else in values that have names."""
        simple = weight(edge.raw, self.blocks.frozen) <= SHORT and not _opens(edge.raw, self.blocks)
        return edge.raw if simple else edge.body

    def meaning(self, edge: Edge, body: Scalar) -> Meaning:
        return Meaning(edge.labels, self.page.expression(body, edge.box, edge.labels))

    def _write(self, edge: Edge, name: str) -> None:
        body = self.first(edge)
        before = subscripted(name, edge.labels)
        after = self.page.expression(body, edge.box, edge.labels)
        of = self.page.called(edge.of)
        opens = (of,) if body is edge.raw else tuple(map(self.page.called, edge.values or (edge.of,)))
        self.page.steps.add(
            "local derivative",
            before,
            after,
            node=of,
            opens=tuple(dict.fromkeys((of, *opens))),
            conditions=kinks(edge),
            children=self._unfolded(edge, before, after),
        )

    def parts(self, of: Map) -> None:
        """The parts that were named to take an equation apart, and the equation in them."""
        parts = [part for part in self.blocks.parts.get(of, []) if part not in self._introduced]
        if not parts:
            return
        self._introduced.update(parts)
        for part in reversed(parts):
            self._equation("name a part", part, ())
        self._equation("equation", of, tuple(map(self.page.called, (of, *parts))))

    def _equation(self, rule: str, node: Map, opens: tuple[str, ...]) -> None:
        name = self.page.called(node)
        bounds, after = self.page.names.expression(node.called(None))
        before = subscripted(name, [bound.name for bound in bounds])
        self.page.steps.add(rule, before, after, node=name, opens=opens)

    # -- what unfolds

    def _unfolded(self, edge: Edge, before: Expression, after: Expression) -> tuple[Step, ...]:
        if len(edge.ways) == 1 and not edge.ways[0].through and edge.of.reduce in (None, "sum"):
            spread = self._spread(edge)
            if spread is None:
                return self._scalar(edge, before, after)
            between = self.page.expression(spread, edge.box, edge.labels)
            return self._lines([("delta", before, between), ("a sum over a delta", between, after)])
        return ()

    def _lines(self, lines: list[tuple[str, Expression, Expression]]) -> tuple[Step, ...]:
        found = []
        for number, (rule, before, after) in enumerate(lines, 1):
            if before is not after:
                row = RULES[rule]
                found.append(Step(str(number), rule, row.title, before, after, row.why, "index"))
        return tuple(found)

    def _spread(self, edge: Edge) -> Scalar | None:
        """The derivative with a sum for each index that the equation sums, and a delta for each axis it is read at."""
        way = edge.ways[0]
        extra = _summed(way)
        if not extra:
            return None
        return None

    def _scalar(self, edge: Edge, before: Expression, after: Expression) -> tuple[Step, ...]:
        """By the rules of one variable, where the equation's own formula is one of elements."""
        way = edge.ways[0]
        return ()


def _summed(way: Path) -> list[Index]:
    written = {atom for form in way.of_at for atom, _ in form.terms}
    return [Index(k) for k in range(len(way.box)) if Index(k) not in written]


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
