"""Steps put down one after the other: each gets its number and its rule's words."""

from __future__ import annotations

from ..language.expression import Expression
from .reasons import kind, reason
from .step import Step, Zoom
from .table import RULES


class Steps:
    """The steps of a derivation as they are found."""

    def __init__(self) -> None:
        self.found: list[Step] = []

    @property
    def number(self) -> str:
        """The number of the next step."""
        return str(len(self.found) + 1)

    def add(
        self,
        rule: str,
        before: Expression,
        after: Expression,
        title: str | None = None,
        why: str | None = None,
        zoom: Zoom = "graph",
        node: str | None = None,
        opens: tuple[str, ...] = (),
        conditions: tuple[str, ...] = (),
        children: tuple[Step, ...] = (),
        folded: bool = False,
        extents: tuple[Expression, ...] | None = None,
    ) -> Step:
        rule = kind(rule, before, after)
        row, number = RULES[rule], self.number
        step = Step(
            id=number,
            rule=rule,
            title=title or row.title,
            before=before,
            after=after,
            why=why or reason(rule, before, after),
            zoom=zoom,
            conditions=conditions,
            children=children,
            node=node,
            opens=opens,
            folded=folded,
            extents=extents,
        )
        self.found.append(step)
        return step
