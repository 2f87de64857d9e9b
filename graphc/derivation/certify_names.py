"""What the names in a step stand for while it is certified: free tensors, equations, derivatives.

The fewer equations a step needs, the more its certificate says. So the readings of a step are tried from the freest on,
and the first that holds is its certificate; each of them is true of the network if the steps before it are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace as replaced
from functools import lru_cache

from ..graph.arithmetic import size_expression
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.text import written
from ..judge.givens import Assumption, Slope, Statement, assumption
from ..judge.total import mentioned
from ..language.expression import Bound, Constant, Equation, Expression, Name, Number, Reduce, Subscript
from .certify_claim import Claim
from .certify_scopes import apart, bound_apart, equation_apart, free_apart
from .certify_through import NOWHERE, Through
from .scalar_terms import substituted, walked
from .step import Derivation, Derivative, Step

EVERYTHING = 1_000_000  # parts of an equation's text


class Meanings:
    """All names of one derivation. `learned` grows as its steps are read."""

    def __init__(self, derivation: Derivation, net: Network, names: Mapping[Node, str] | None) -> None:
        self.derivatives = derivation.derivatives
        known = names.items() if names else ((node, node.name) for node in order(net.nodes.values()))
        self.name_of = {node: name for node, name in known if name and name not in self.derivatives}
        self.nodes = {name: node for node, name in self.name_of.items()}
        self.of = self.nodes[derivation.of]
        self.learned: dict[str, list[Equation]] = {}
        self.forms: dict[Expression, tuple[str, tuple[str, ...]]] = {}  # what lines have ended in, and of which name
        self._equations: dict[str, Equation | Constant | None] = {}
        self._readers: dict[str, list[str]] = {}
        self._told: dict[Expression, Expression] = {}

    # -- what the steps say

    def introduces(self, step: Step) -> bool:
        """Whether it says for the first time what a name of its own stands for."""
        name = plain_name(step.before)
        node = self.nodes.get(name or "")
        if isinstance(node, Leaf) and node.kind == "mask":  # it is drawn: nothing else says what it is
            return step.rule == "draw"
        return name is not None and not any(name in known for known in (self.nodes, self.derivatives, self.learned))

    def learn(self, step: Step) -> None:
        """Keep what a step says of a name: `name[i, j] = …`, and what becomes of that in the lines after it."""
        start = self.start(step)
        if start is not None:
            name, places = start
            self.forms[step.after] = start
            bounds = tuple(map(Bound, places, self._extents(name, len(places))))
            self.learned.setdefault(name, []).append(Equation(name, bounds, step.after, NOWHERE))

    def start(self, step: Step) -> tuple[str, tuple[str, ...]] | None:
        """The name, at its indices, of which a line gives another form."""
        name = plain_name(step.before)
        if name is None:
            return self.forms.get(step.before)
        places = step.before.subscripts if isinstance(step.before, Subscript) else ()
        return name, tuple(place.name for place in places)  # type: ignore[attr-defined]

    def _extents(self, name: str, count: int) -> tuple[Expression | None, ...]:
        """How far the indices of a derivative's name run, or of a tensor's."""
        derivative = self.derivatives.get(name)
        found = self.axes(name) if derivative is None else derivative.extents
        return (None,) * count if found is None else found

    # -- readings of a step

    def claims(self, step: Step) -> Iterator[Claim]:
        """The ways in which a step may be read, the freest first."""
        spoken = mentioned(step.before) | mentioned(step.after)
        total = self.derivatives.get(plain_name(step.before) or "")
        if total is not None and not total.edge:
            yield self._through(total, step)
        else:
            here = [name for name in step.opens if name in spoken]
            every = [name for name in spoken if name in self.nodes]
            readings = dict.fromkeys(tuple(opened) for opened in ((), here, step.opens, every))
            yield from (self.claim(step, opened) for opened in readings)
        gone = [name for name in self.learned if name in spoken and name not in mentioned(step.after)]
        gone = [name for name in gone if name in self.derivatives]
        for names in ([name for name in gone if not self.derivatives[name].edge], gone):
            for choice in (-1, 0):
                if names:
                    yield self.claim(step, step.opens, tuple(self.learned[name][choice] for name in names))

    def _through(self, total: Derivative, step: Step) -> Claim:
        """A derivative through several tensors, made from all that read the one it is by."""
        through = Through(total, mentioned(step.after), self.derivatives, self.nodes, self.readers)
        places = step.before.subscripts if isinstance(step.before, Subscript) else ()
        before = through.total(total.by, places)
        return self.claim(step, step.opens, tuple(through.equations.values()), through.slopes, before)

    def claim(
        self,
        step: Step,
        opened: Iterable[str],
        given: tuple[Equation, ...] = (),
        slopes: Mapping[str, Slope] | None = None,
        before: Expression | None = None,
    ) -> Claim:
        """before = after with these equations looked into, beside those that derivatives and parts need."""
        before, after = self._readable(before or step.before), self._readable(step.after)
        found = _Found(self, slopes or {}, {*opened, plain_name(before) or ""})
        for equation in given:
            found.statements[equation.name] = _over(equation, self._readable(equation.right))
        found.all((before, after, *(equation.right for equation in found.statements.values())))  # type: ignore[union-attr]
        sizes = {name for dims in found.axes.values() for dim in dims for name in mentioned(dim)}
        start = self.start(step)
        name, places = start or ("", ())
        lengths = zip(places, self._extents(name, len(places)), strict=True)
        tensors = found.tensors
        if start is not None:  # else n in `x[n-1-i]`, which is a size, might be taken for an index
            sizes = (sizes | tensors).intersection(places)
        return Claim(
            free_apart(bound_apart(before, tensors), sizes),
            free_apart(bound_apart(after, tensors), sizes),
            tuple(equation_apart(one, tensors) for one in found.statements.values()),
            tuple(found.axes.items()),
            tuple(found.through_parts()),
            tuple(self._assumed(step, found.axes)),
            tuple((apart(index, sizes), extent) for index, extent in lengths if extent is not None),
        )

    def _assumed(self, step: Step, used: Iterable[str]) -> Iterator[Assumption]:
        """Integers are integers; anything else has to stand among the step's conditions."""
        for name in used:
            node = self.nodes.get(name)
            for attribute in node.attributes if isinstance(node, Leaf) else ():
                one = assumption(name, attribute)
                if attribute == "integer" or one.text in step.conditions or f"{name} {attribute}" in step.conditions:
                    yield one

    # -- equations

    def equation(self, name: str) -> Equation | Constant | None:
        """What the network says of a tensor, in the names of other tensors."""
        if name not in self._equations:
            node = self.nodes.get(name)
            found: Equation | Constant | None = None
            if isinstance(node, Leaf) and node.kind == "const" and node.value is not None:
                found = Constant(name, Number(node.value), NOWHERE)
            elif isinstance(node, Map):
                bounds, right = written(node, self.name_of.get, EVERYTHING)
                found = Equation(name, bounds, right, NOWHERE)
            self._equations[name] = found
        return self._equations[name]

    def reading(self, of: str, by: str) -> Equation | None:
        """The equation of a tensor by which it reads another; of a part, what a step said."""
        own = self.equation(of)
        if isinstance(own, Equation) and (by in mentioned(own.right) or by in self.nodes):
            return own
        return next((one for one in self.learned.get(of, ()) if by in mentioned(one.right)), None)

    def readers(self, name: str) -> list[str]:
        """The tensors on the way to `of` whose equations read one."""
        if not self._readers:
            for node in order([self.of]):
                own = self.equation(self.name_of[node]) if node in self.name_of else None
                if isinstance(own, Equation):
                    for read in sorted(self._read_by(node)):
                        self._readers.setdefault(read, []).append(own.name)
        return self._readers.get(name, [])

    def _read_by(self, node: Node) -> set[str]:
        """The tensors with names that a tensor reads; an index may be called like one that it does not."""
        found: set[str] = set()
        pending, seen = [node], {node}
        while pending:
            for tensor in pending.pop().inputs:
                if tensor in self.name_of:
                    found.add(self.name_of[tensor])
                elif tensor not in seen:
                    seen.add(tensor)
                    pending.append(tensor)
        return found

    def axes(self, name: str) -> tuple[Expression, ...] | None:
        """The lengths of a tensor's axes, and of a derivative's through several tensors."""
        derivative = self.derivatives.get(name)
        ends = (name,) if derivative is None else () if derivative.edge else (derivative.of, derivative.by)
        if not ends or not all(end in self.nodes for end in ends):
            return None
        return tuple(size_expression(extent) for end in ends for extent in self.nodes[end].extents)

    # -- what the judge needs to be told

    def _readable(self, expression: Expression) -> Expression:
        """With the lengths of those indices at which no tensor is read, but only a derivative."""
        if expression not in self._told:
            self._told[expression] = self._with_lengths(expression)
        return self._told[expression]

    def _with_lengths(self, expression: Expression) -> Expression:
        found: dict[Expression, Expression] = {}
        for part in walked(expression):
            if isinstance(part, Name) and part.name in self.derivatives:
                derivative = self.derivatives[part.name]
                if derivative.edge and not derivative.parameters:
                    found[part] = Subscript(part, ())
            if isinstance(part, Reduce) and any(bound.extent is None for bound in part.indices):
                lengths = self._lengths(part.body)
                bounds = tuple(
                    bound if bound.extent else Bound(bound.name, lengths.get(bound.name)) for bound in part.indices
                )
                if bounds != part.indices:
                    found[part] = Reduce(part.kind, bounds, self._readable(part.body))
        return substituted(expression, found) if found else expression

    def _lengths(self, body: Expression) -> dict[str, Expression]:
        """The lengths of indices at which derivatives are read."""
        found: dict[str, Expression] = {}
        for part in walked(body):
            if isinstance(part, Subscript) and isinstance(part.base, Name) and part.base.name in self.derivatives:
                extents = self.derivatives[part.base.name].extents or ()
                pairs = zip(part.subscripts, extents, strict=False)
                found |= {at.name: extent for at, extent in pairs if isinstance(at, Name)}
        return found


class _Found:
    """What an expression needs, and what that needs in its turn."""

    def __init__(self, meanings: Meanings, slopes: Mapping[str, Slope], opened: set[str]) -> None:
        self.meanings, self.given, self.opened = meanings, slopes, opened
        self.statements: dict[str, Statement] = {}
        self.axes: dict[str, tuple[Expression, ...]] = {}
        self.slopes: dict[str, Slope] = {}
        self.in_parts: set[str] = set()  # whose equation is read in the names of parts

    def all(self, expressions: Iterable[Expression]) -> None:
        pending, done = list(expressions), set()
        while pending:
            for name in _in_order(pending.pop(0)):
                if name not in done:
                    done.add(name)
                    pending += self._needs(name)

    def through_parts(self) -> Iterator[tuple[str, Slope]]:
        """What moves a part moves all that is said by it: such a derivative goes through the parts between."""
        for name, slope in self.slopes.items():
            whole = slope.of in self.in_parts or slope.of not in self.meanings.nodes
            yield name, replaced(slope, edge=False) if whole else slope

    @property
    def tensors(self) -> set[str]:
        """All names that stand for numbers."""
        return {*self.axes, *self.statements, *self.slopes}

    def _needs(self, name: str) -> list[Expression]:
        axes = self.meanings.axes(name)
        if axes is not None:
            self.axes[name] = axes
        if name in self.statements:
            return []
        slope = self.given.get(name) or self._slope(name)
        if slope is not None:
            self.slopes[name] = slope
            equation = self.meanings.reading(slope.of, slope.by)
            if equation is not None and slope.of not in self.in_parts:
                self.statements[slope.of] = equation
            if slope.by not in self.meanings.nodes:
                self.in_parts.add(slope.of)
            return [Name(slope.of), Name(slope.by), *([equation.right] if equation else [])]
        found = self._equation(name)
        if found is None:
            return []
        self.statements[name] = found
        return [found.value if isinstance(found, Constant) else found.right]

    def _slope(self, name: str) -> Slope | None:
        d = self.meanings.derivatives.get(name)
        return None if d is None or not d.edge else Slope(d.parameters, d.of, d.of_at, d.by, d.by_at, True)

    def _equation(self, name: str) -> Equation | Constant | None:
        own = self.meanings
        if name in own.nodes:
            node = own.nodes[name]
            constant = isinstance(node, Leaf) and node.kind == "const"
            return own.equation(name) if constant or name in self.opened else None
        return own.learned[name][0] if name in own.learned and name not in own.derivatives else None


@lru_cache(16384)
def _in_order(expression: Expression) -> tuple[str, ...]:
    """The names in it, in the order in which they are met."""
    return tuple(part.name for part in walked(expression) if isinstance(part, Name))


def plain_name(expression: Expression) -> str | None:
    """The name, where an expression is just that at plain indices."""
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Subscript) and isinstance(expression.base, Name):
        places = expression.subscripts
        if all(isinstance(place, Name) for place in places) and len(set(places)) == len(places):
            return expression.base.name
    return None


def _over(equation: Equation, right: Expression) -> Equation:
    return Equation(equation.name, equation.indices, right, NOWHERE)
