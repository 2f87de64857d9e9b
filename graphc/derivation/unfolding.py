"""What a local derivative unfolds into: the deltas under its sums, and below them the rules of one variable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as replaced
from itertools import count, pairwise

from ..calculus.adjoint import Contribution, local_derivative
from ..calculus.derivative import derivative
from ..graph.arithmetic import size_expression
from ..graph.node import Map, Node
from ..graph.scalar import (
    ONE,
    ZERO,
    Apply,
    Index,
    Read,
    Scalar,
    affine,
    apply,
    indices,
    move,
    move_affine,
    mul,
    position,
    reads,
    where,
)
from ..graph.size import Size
from ..language.expression import Expression, Name, Subscript
from .edge import Edge, Path, ends
from .joining import relabelled
from .naming import subscripted
from .page import Page, places
from .paper import on_paper
from .reasons import reason
from .scalar import explain
from .scalar_terms import names, walked
from .step import Step, Zoom
from .sums import unsettled
from .table import RULES
from .uses import defines

AS_WRITTEN = "This is what the equation itself gives, before values are called by their names."


class Unfolding:
    """The children of one step; their numbers go on from its own."""

    def __init__(self, page: Page, edge: Edge, shown: Scalar, before: Expression, after: Expression) -> None:
        self.page, self.edge, self.shown, self.before, self.after = page, edge, shown, before, after
        self.of = page.called(edge.of)
        number = page.steps.number
        self.ids = (f"{number}.{k}" for k in count(1))
        self.steps: list[Step] = []

    def children(self) -> tuple[Step, ...]:
        if len(self.edge.ways) > 1:
            self._several()
            return tuple(self.steps)
        (way,) = self.edge.ways
        spread = self._spread(way)
        if spread is None:
            self._functions(way)
            return tuple(self.steps)
        between = self._expression(spread)
        unmeasured = names(between) & {label for label in self.edge.labels if not self._is_read(label)}
        if unmeasured:  # nothing says how far these indices run
            self._functions(way)
            return tuple(self.steps)
        self._line("delta", self.before, between, (self.of,))
        (line,) = self.steps
        self.ids, self.steps = (f"{line.id}.{k}" for k in count(1)), []
        self._functions(way)
        line = replaced(line, children=tuple(self.steps))
        self.ids, self.steps = (f"{self.page.steps.number}.{k}" for k in count(2)), [line]
        self._line("a sum over a delta", between, self.after, (self.of, *self._holders()))
        return tuple(self.steps)

    def _line(
        self,
        rule: str,
        before: Expression,
        after: Expression,
        opens: tuple[str, ...],
        zoom: Zoom = "index",
        why: str | None = None,
        extents: tuple[Expression, ...] | None = None,
    ) -> None:
        if before is not after:
            row = RULES[rule]
            opens = tuple(dict.fromkeys(opens))
            why = why or reason(rule, before, after)
            step = Step(
                next(self.ids), rule, row.title, before, after, why, zoom, opens=opens, node=self.of, extents=extents
            )
            self.steps.append(step)

    def _expression(self, body: Scalar) -> Expression:
        return self.page.expression(body, self.edge.box, self.edge.labels)

    def _is_read(self, label: str) -> bool:
        places = (at for part in walked(self.after) if isinstance(part, Subscript) for at in part.subscripts)
        return any(label in names(at) for at in places)

    def _holders(self) -> tuple[str, ...]:
        return tuple(map(self.page.called, self.edge.values))

    # -- deltas

    def _several(self) -> None:
        """As the equation says it, then in the values that have names."""
        raw = self._expression(self.edge.raw)
        if raw is not self.after:
            self._line("local derivative", self.before, raw, (self.of,), why=AS_WRITTEN)
            self._line("named value", raw, self.after, self._holders())

    def _spread(self, way: Path) -> Scalar | None:
        """Each index that the equation sums runs by itself, and a delta for each axis says where the element is met."""
        written = {atom for form in way.of_at for atom, _ in form.terms}
        order = ends(way)
        summed = [index for index in map(Index, range(len(way.box))) if index not in written]
        if not any(index in order for index in summed) or way.guarded or not reads(way.slope):
            return None
        own = {index: affine(Index(k)) for k, index in enumerate(order)}
        free = own | {index: affine(Index(len(order) + k)) for k, index in enumerate(summed)}
        body = on_paper(move(way.raw if self.shown is self.edge.raw else way.slope, free), self.edge.of)
        deltas = [
            where(apply("eq", position(move_affine(form, free)), position(move_affine(form, own))), ONE, ZERO)
            for form in way.at
            if any(index in summed for index in indices(position(form)))
        ]
        box = self.edge.box + tuple(way.box[index.key] for index in summed)
        wishes = (*self.edge.labels, *(way.labels[index.key] for index in summed))
        labels = relabelled(wishes, self.page.names.unusable)
        return unsettled(Contribution(box, places(len(order)), False, mul(body, *deltas), labels), len(order))

    # -- functions of one variable

    def _functions(self, way: Path) -> None:
        """Each function on the way that is no straight line, by the rules of one variable."""
        path: list[Node] = [self.edge.of, *way.through, self.edge.by]
        for of, by in pairwise(path):
            assert isinstance(of, Map)
            here = [read for read in of.reads if read.tensor is by]
            if len(here) != 1 or here[0].guarded or of.reduce not in (None, "sum"):
                continue
            if here[0] in reads(derivative(of.body, here[0])):
                self._explain(of, here[0])

    def _explain(self, of: Map, read: Read) -> None:
        """One function by one of the elements that it reads; parts without a name get one meanwhile."""
        at = {index for form in read.subscripts for index in indices(position(form))}
        if not at >= set(of.reduced):  # it is the same element at several places of the sum
            return
        function = isinstance(of.body, Apply) and of.body.operation not in ("add", "mul", "pow")
        if read.tensor in self.page.explained.get(of, ()) or (function and of in self.page.explained):
            return
        self.page.explained.setdefault(of, set()).add(read.tensor)
        own = self.page.names
        direct = of is self.edge.of and read.tensor is self.edge.by and len(of.box) == len(self.edge.box)
        inside = (tensor for tensor in of.inputs if isinstance(tensor, Map))
        made = [part for part in dict.fromkeys((of, *inside)) if part not in own.of]
        labels = self.edge.labels if direct else relabelled(of.labels[: len(of.box)], own.unusable)
        for part in made:
            assert isinstance(part, Map)
            name = own.invent(part)
            bounds, formula = own.expression(part.called(None))
            left, lengths = subscripted(name, [bound.name for bound in bounds]), _lengths(part.extents)
            self._line("name a part", left, formula, (), "scalar", extents=lengths)

        def over(body: Scalar) -> Expression:
            return self.page.expression(body, of.box, labels)

        if direct:
            target, goal = self.before, self.after
        else:
            leaf = self.page.derivative(of, of.write, read.tensor, read.subscripts, of.box, labels, True)
            target = subscripted(str(leaf.name), labels)
            goal = over(on_paper(local_derivative(of, read), of))
        value = over(of.read(of.write)) if of.reduce is None and of.plain else None
        if made and value is not None and of not in made:
            opens = (self.page.called(of), *map(self.page.called, made))
            self._line("equation", value, over(of.body), opens, "scalar")
        found = explain(target, over(of.body), over(read), goal, self.ids, value=value, taken=own.taken)
        self.page.derivatives.update(found.derivatives)
        self.steps.extend(_measured(step, labels, _lengths(of.box[: len(labels)])) for step in found.steps)
        for part in made:
            own.forget(part)


def _lengths(box: Iterable[Size]) -> tuple[Expression, ...]:
    return tuple(map(size_expression, box))


def _measured(step: Step, labels: Sequence[str], lengths: tuple[Expression, ...]) -> Step:
    """With the lengths of the indices, where a line says what a name at just these is."""
    own = (
        isinstance(step.before, Subscript)
        and defines(step.before)
        and step.before.subscripts == tuple(map(Name, labels))
    )
    children = tuple(_measured(child, labels, lengths) for child in step.children)
    return replaced(step, children=children, extents=lengths if own else step.extents)
