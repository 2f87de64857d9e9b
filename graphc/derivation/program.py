"""What the program computes instead: the rewrites by which formulas stay finite, as one folded group of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced

from ..calculus.log import Log
from ..calculus.prepare import prepare
from ..graph.node import Map, Node
from ..graph.scalar import Index, Read, Scalar, indices, reads
from ..graph.size import Size, size
from ..language.expression import Expression
from .joining import relabelled
from .page import Page, over
from .paper import weight
from .step import Step
from .table import RULES

LONG = 60  # parts; longer formulas are not shown


def program(page: Page, roots: Sequence[Node]) -> Step | None:
    """The group, or nothing where what is computed is what was derived."""
    log = Log()
    prepare(roots, log)
    lines: dict[tuple[Expression, Expression], Step] = {}
    number = page.steps.number
    for done in log.steps:
        if not isinstance(done.before, Scalar) or not isinstance(done.after, Scalar) or done.rule not in RULES:
            continue
        if weight(done.before, frozenset(page.names.of)) > LONG or weight(done.after, frozenset(page.names.of)) > LONG:
            continue
        before, after = _both(page, done.before, done.after)
        if before is after or (before, after) in lines:
            continue
        row = RULES[done.rule]
        opens = tuple(sorted({*_named(page, done.before), *_named(page, done.after)}))
        step = Step(
            f"{number}.{len(lines) + 1}", done.rule, row.title, before, after, row.why, opens=opens, folded=True
        )
        lines[before, after] = replaced(step, conditions=done.conditions)
    if not lines:
        return None
    first, row = next(iter(lines.values())), RULES["stable form"]
    return Step(
        number, "stable form", row.title, first.before, first.after, row.why, opens=first.opens,
        children=tuple(lines.values()), folded=True,
    )  # fmt: skip


def _both(page: Page, before: Scalar, after: Scalar) -> tuple[Expression, Expression]:
    """The two sides over one box, whose lengths are those of what they read."""
    lengths: dict[Index, Size] = {}
    for read in (*reads(before), *reads(after)):
        for form, extent in zip(read.subscripts, read.tensor.extents, strict=True):
            if form.plain is not None:
                lengths.setdefault(form.plain, extent)
    used = [*indices(before), *indices(after)]
    count = 1 + max((index.key for index in used), default=-1)
    box = tuple(lengths.get(Index(k), size(1)) for k in range(count))
    labels = relabelled("ijklmnopqrst"[:count], page.names.unusable)
    return page.names.expression(over(before, box, labels))[1], page.names.expression(over(after, box, labels))[1]


def _named(page: Page, body: Scalar) -> set[str]:
    """The computed tensors with names that a body speaks of, and those that they speak of."""
    found: set[str] = set()
    pending: list[Scalar] = [body]
    seen: set[Node] = set()
    while pending:
        for part in reads(pending.pop()):
            node = part.tensor
            if isinstance(part, Read) and isinstance(node, Map) and node not in seen:
                seen.add(node)
                if node in page.names.of:
                    found.add(page.names.of[node])
                pending.append(node.body)
    return found
