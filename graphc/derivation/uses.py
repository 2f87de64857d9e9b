"""What each step rests on: the steps that say what its names are, and the line that it goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as replaced

from ..language.expression import Expression, Name, Subscript
from .scalar_terms import walked
from .step import Step


def linked(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps with the numbers of those that they use, all of which come earlier."""
    return _Links().all(steps, ())


class _Links:
    """Which step a name comes from, and which line an expression is the end of."""

    def __init__(self) -> None:
        self.defined: dict[str, str] = {}
        self.ends: dict[Expression, str] = {}

    def all(self, steps: Iterable[Step], around: tuple[str, ...]) -> tuple[Step, ...]:
        return tuple(self.one(step, around) for step in steps)

    def one(self, step: Step, around: tuple[str, ...]) -> Step:
        """A step does not use those that it unfolds."""
        names = dict.fromkeys(
            part.name for side in (step.before, step.after) for part in walked(side) if isinstance(part, Name)
        )
        found = [self.defined[name] for name in names if name in self.defined]
        going_on = self.ends.get(step.before)
        uses = dict.fromkeys([*step.uses, *found, *([going_on] if going_on else [])])
        name = defines(step.before)
        if name is not None and (step.zoom != "scalar" or step.rule != "equation"):  # that one the network says
            self.defined.setdefault(name, step.id)
        children = self.all(step.children, (*around, step.id))
        self.ends[step.after] = step.id
        return replaced(step, uses=tuple(one for one in uses if one not in around), children=children)


def defines(before: Expression) -> str | None:
    """The name that a line is about, where its left side is just that at plain indices."""
    if isinstance(before, Name):
        return before.name
    plain = isinstance(before, Subscript) and isinstance(before.base, Name)
    if plain and all(isinstance(one, Name) for one in before.subscripts):  # type: ignore[attr-defined]
        return str(before.base.name)  # type: ignore[attr-defined]
    return None
