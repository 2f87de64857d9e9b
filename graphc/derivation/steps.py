"""Steps put down one after the other: each gets its number, its rule's words and the steps that it uses."""

from __future__ import annotations

from ..language.expression import Expression, Name, Subscript
from .step import Step, Zoom
from .table import RULES


class Steps:
    """The steps of a derivation as they are found. `defined` says which step a name comes from."""

    def __init__(self) -> None:
        self.found: list[Step] = []
        self.defined: dict[str, str] = {}

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
    ) -> Step:
        row, number = RULES[rule], self.number
        step = Step(
            id=number,
            rule=rule,
            title=title or row.title,
            before=before,
            after=after,
            why=why or row.why,
            zoom=zoom,
            uses=self.users(before, after),
            conditions=conditions,
            children=children,
            node=node,
            opens=opens,
            folded=folded,
        )
        self.found.append(step)
        name = _defines(before)
        if name is not None:
            self.defined.setdefault(name, number)
        return step

    def users(self, *expressions: Expression) -> tuple[str, ...]:
        """The steps from which the names in some expressions come."""
        names: dict[str, None] = {}
        stack, seen = list(reversed(expressions)), set()
        while stack:
            part = stack.pop()
            if part in seen:
                continue
            seen.add(part)
            if isinstance(part, Name):
                names[part.name] = None
            stack.extend(reversed(part.children))
        return tuple(dict.fromkeys(self.defined[name] for name in names if name in self.defined))


def _defines(before: Expression) -> str | None:
    if isinstance(before, Name):
        return before.name
    plain = isinstance(before, Subscript) and isinstance(before.base, Name)
    if plain and all(isinstance(one, Name) for one in before.subscripts):  # type: ignore[attr-defined]
        return str(before.base.name)  # type: ignore[attr-defined]
    return None
