"""A derivative through several tensors, as its readers make it: Σ over all u that read v, Σₚ ∂L/∂u[p]·∂u[p]/∂v[q].

What comes from above may be any numbers where the step has a name for it; else it is made in the same way. All readers
are asked, so that a path that a step leaves out shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import count

from ..graph.node import Node
from ..judge.givens import Slope
from ..language.expression import (
    Bound,
    Call,
    Compare,
    Equation,
    Expression,
    Name,
    Number,
    Product,
    Reduce,
    Span,
    Subscript,
    Sum,
)
from .step import Derivative

NOWHERE = Span(0, 0)
ONE, ZERO = Number(1), Number(0)  # type: ignore[arg-type]
Places = tuple[Expression, ...]


class Through:
    """Made for one step. `slopes` and `equations` are what the expression needs beside the network's equations."""

    def __init__(
        self,
        total: Derivative,
        spoken: Collection[str],
        derivatives: Mapping[str, Derivative],
        nodes: Mapping[str, Node],
        readers: Callable[[str], list[str]],
    ) -> None:
        self.of, self.lead = total.of, nodes[total.of].rank
        self.nodes, self.readers = nodes, readers
        self.named = {d.by: n for n, d in derivatives.items() if d.of == total.of and not d.edge and n in spoken}
        self.slopes: dict[str, Slope] = {}
        self.equations: dict[str, Equation] = {}
        self._numbers = count(1)

    def total(self, by: str, places: Places) -> Expression:
        """∂of/∂by, at places of both."""
        terms = [self._term(reader, by, places) for reader in self.readers(by)]
        if by == self.of:
            terms.append(_delta(places[: self.lead], places[self.lead :]))
        return ZERO if not terms else terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _term(self, reader: str, by: str, places: Places) -> Expression:
        here = tuple(Name(f"at{next(self._numbers)}") for _ in range(self.nodes[reader].rank))
        lead, at = places[: self.lead], places[self.lead :]
        above = _delta(lead, here) if reader == self.of else self._above(reader, lead + here)
        slope = self._slope(reader, by, here + at)
        body = slope if above is ONE else Product((above, slope))
        return Reduce("sum", tuple(Bound(index.name) for index in here), body) if here else body

    def _slope(self, reader: str, by: str, places: Places) -> Expression:
        name, rank = f"slope_{reader}_{by}", self.nodes[reader].rank
        parameters = tuple(f"p{k}" for k in range(len(places)))
        at = tuple(map(Name, parameters))
        self.slopes[name] = Slope(parameters, reader, at[:rank], by, at[rank:], True)
        return Subscript(Name(name), places)

    def _above(self, reader: str, places: Places) -> Expression:
        known = self.named.get(reader)
        if known is not None:
            return at_places(known, places)
        name = f"total_{reader}"
        if name not in self.equations:
            own = tuple(Name(f"at{next(self._numbers)}") for _ in places)
            bounds = tuple(Bound(index.name) for index in own)
            self.equations[name] = Equation(name, bounds, self.total(reader, own), NOWHERE)
        return at_places(name, places)


def at_places(name: str, places: Places) -> Expression:
    return Subscript(Name(name), places) if places else Name(name)


def _delta(one: Places, other: Places) -> Expression:
    """1 where the places are the same, else 0."""
    body: Expression = ONE
    for left, right in zip(one, other, strict=True):
        body = Call("where", (Compare((left, right), ("==",)), body, ZERO))
    return body
