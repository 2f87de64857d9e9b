"""Layers that are alike are shown once: the steps of the others are folded into one that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced

from ..language.text import text
from .step import Step
from .table import RULES

LEAST = 3  # layers alike, from which on they fold
LONGEST = 8  # tensors of one layer
NAME = re.compile(r"[^\W\d]\w*")
WORDS = frozenset(("sum", "mean", "max", "min", "prod", "logsumexp", "where", "inside", "exp", "log", "sigma", "tanh"))


@dataclass(frozen=True)
class Section:
    """The steps from `start` up to `stop`, all about one tensor."""

    node: str
    start: int
    stop: int
    computed: bool


def folded(steps: Sequence[Step], sections: Sequence[Section]) -> list[Step]:
    """The steps with layers after the first of several equal ones folded."""
    keys = [_key(steps[one.start : one.stop]) for one in sections]
    found = list(steps[: sections[0].start]) if sections else list(steps)
    place = 0
    while place < len(sections):
        period, times = _repeats(keys, place)
        if times < LEAST:
            found += steps[sections[place].start : sections[place].stop]
            place += 1
            continue
        first = sections[place : place + period]
        found += steps[first[0].start : first[-1].stop]
        others = sections[place + period : place + period * times]
        found.append(_same(found[-1], [step for one in others for step in steps[one.start : one.stop]], others))
        place += period * times
    return _numbered(found)


def _repeats(keys: Sequence[str], place: int) -> tuple[int, int]:
    """How many sections make one layer, and how often it comes in a row; what covers most."""
    best = (1, 1)
    for period in range(1, LONGEST + 1):
        layer, times = keys[place : place + period], 1
        while len(layer) == period and keys[place + period * times : place + period * (times + 1)] == layer:
            times += 1
        if times > 1 and period * times > best[0] * best[1]:
            best = (period, times)
    return best


def _key(steps: Sequence[Step]) -> str:
    """What the steps say, with names numbered as they come."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return found[0] if found[0] in WORDS else numbers.setdefault(found[0], f"#{len(numbers)}")

    return "\n".join(f"{one.rule}: {NAME.sub(number, f'{text(one.before)} = {text(one.after)}')}" for one in steps)


def _same(pattern: Step, steps: Sequence[Step], sections: Sequence[Section]) -> Step:
    """One step for many: it says again what the pattern came to, and unfolds into the steps themselves."""
    names = [one.node for one in sections if one.computed] or [one.node for one in sections]
    title = f"The same for {names[0]}" + (f" … {names[-1]}" if len(names) > 1 else "")
    row = RULES["same again"]
    children = tuple(replaced(step, folded=True) for step in steps)
    return Step(
        "", "same again", title, pattern.before, pattern.after, row.why, uses=(pattern.id,), children=children,
        node=pattern.node, opens=pattern.opens, conditions=pattern.conditions,
    )  # fmt: skip


def _numbered(steps: Sequence[Step]) -> list[Step]:
    """The steps numbered anew; what they use is followed."""
    new: dict[str, str] = {}

    def visit(step: Step, number: str) -> Step:
        if step.id:
            new[step.id] = number
        return replaced(
            step, id=number, children=tuple(visit(c, f"{number}.{k}") for k, c in enumerate(step.children, 1))
        )

    def used(step: Step) -> Step:
        uses = tuple(new.get(one, one) for one in step.uses)
        return replaced(step, uses=uses, children=tuple(map(used, step.children)))

    return [used(step) for step in [visit(step, str(k)) for k, step in enumerate(steps, 1)]]
