"""What becomes of a product of derivatives: put in, named, cancelled, summed. Each change that shows is a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced
from itertools import groupby

from ..calculus.adjoint import Contribution
from ..calculus.tidy import tidy
from ..graph.node import Map
from ..graph.scalar import Scalar, add, walk
from ..language.expression import Expression, Reduce
from .page import Box, Labels, Page
from .paper import cancelled, common, delta, on_paper
from .putting import Meaning, flat, put_in
from .reasons import listed
from .scalar_terms import names, walked
from .sums import KnownSums, settled, whole


@dataclass(frozen=True)
class Product:
    """The terms of ∂of/∂by, one a path: in names, as the equations say them, and in the values that have names."""

    named: Sequence[Contribution]
    raw: Sequence[Contribution]
    values: Sequence[Contribution]
    first: Mapping[str, Meaning]  # what the names stand for in `raw`
    then: Mapping[str, Meaning]  # and in `values`
    holders: tuple[Map, ...]  # whose equations say that raw and values are equal
    through: tuple[Map, ...] = ()  # what the one reaches the other through, or by what it is read


@dataclass(frozen=True)
class Line:
    """A form that the product takes."""

    rule: str
    expression: Expression
    opens: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    why: str | None = None


def simplest(page: Page, body: Scalar, box: Box, labels: Labels, node: str) -> Scalar:
    """A body in its simplest form, with a step for each change."""
    sums = KnownSums()
    known = sums.put(body)
    final = common(on_paper(tidy(cancelled(known))))
    before = page.expression(body, box, labels)
    for rule, after, conditions in (
        (next(iter(sums.reasons), "simplify"), known, tuple(sums.conditions)),
        ("collect", final, ()),
    ):
        expression = page.expression(after, box, labels)
        if expression is not before:
            page.steps.add(rule, before, expression, node=node, conditions=conditions)
            before = expression
    return final


def _without_brackets(lines: Iterable[Line]) -> Iterator[Line]:
    """Of lines that differ in their brackets only, the first, with the brackets of the last."""
    for _, same in groupby(lines, key=lambda line: flat(line.expression)):
        group = list(same)
        yield replaced(group[0], expression=group[-1].expression)


def unfold(page: Page, product: Product, before: Expression, extents: Box, labels: Labels, node: str) -> Scalar:
    """The steps from the chain rule to the simplest form, which is given back as a body over the axes."""

    def total(given: Iterable[Contribution], drawn: bool = False) -> Expression:
        return page.expression(add(*(whole(one, extents, drawn) for one in given)), extents, labels)

    tidied = [replaced(one, body=cancelled(one.body)) for one in product.values]
    summed = add(*(settled(one, extents) for one in tidied))
    sums = KnownSums()
    known = sums.put(summed)
    final = common(on_paper(tidy(known)))
    opens = tuple(dict.fromkeys(map(page.called, product.holders)))
    deltas = any(delta(part) for one in tidied for part in walk(one.body))
    same = all(one.body is other.body for one, other in zip(tidied, product.values, strict=True))
    named = total(product.named)
    start = "sum over paths" if len(product.named) > 1 else "chain rule" if product.through else "places"
    lines = [
        Line(start, named, why=_reason(page, product, node)),
        Line("put in", put_in(named, product.first) or total(product.raw)),
        Line("named value", put_in(named, product.then) or total(product.values), opens),
        *(() if same else (Line("cancel", total(tidied, True)),)),
        Line(
            "a sum over a delta" if deltas else "linearity" if _sums(named) else "simplify",
            page.expression(summed, extents, labels),
        ),
        Line(
            next(iter(sums.reasons), "simplify"),
            page.expression(known, extents, labels),
            tuple(page.called(mean) for mean in sums.means if mean in page.names.of),
            tuple(sums.conditions),
        ),
        Line("collect", page.expression(final, extents, labels)),
    ]
    for line in _without_brackets(lines):
        if line.expression is not before:
            page.steps.add(
                line.rule,
                before,
                line.expression,
                why=line.why or (_known(line) if line.rule == "named value" else None),
                node=node,
                opens=line.opens,
                conditions=line.conditions,
            )
            before = line.expression
    return final


def _sums(whole: Expression) -> bool:
    return any(isinstance(part, Reduce) for part in walked(whole))


def _reason(page: Page, product: Product, node: str) -> str:
    """The chain rule as it stands here."""
    through = [page.called(one) for one in product.through]
    if not through:
        return f"What is read of `{node}` moves; where an element is read at several places, that adds up."
    if len(product.named) > 1:
        return f"`{node}` is read by {listed(through)}, and what comes back from each of them adds up."
    return f"`{node}` acts through {listed(through)}, and the rates of the stages multiply."


def _known(line: Line) -> str | None:
    """Which names are read in the line."""
    found = [name for name in line.opens if name in names(line.expression)]
    if not found:
        return None
    verb = "has" if len(found) == 1 else "have"
    return f"{listed(found)} {verb} been computed already, so the value is read by its name."
