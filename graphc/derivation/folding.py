"""Layers that are alike are shown once: the steps of the others are folded into one that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as replaced

from ..language.text import text
from .reasons import listed
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
        found += _same(found[-1], steps, others)
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


def _same(pattern: Step, steps: Sequence[Step], sections: Sequence[Section]) -> list[Step]:
    """One step for many, which says what the first of them came to and unfolds into all, and one for the last: that is
    what later steps read."""
    shown = [one for one in sections if one.computed] or list(sections)
    first, last = (_told(steps[one.start : one.stop], pattern) for one in (shown[0], shown[-1]))
    names = [one.node for one in shown]
    many = f"`{names[0]}` … `{names[-1]}`" if len(names) > 2 else listed(names)
    folded_in = (step for one in sections for step in steps[one.start : one.stop])
    children = tuple(replaced(step, folded=True) for step in folded_in)
    all_of_them = replaced(first, title=f"The same for {many}", children=children)
    return [all_of_them, replaced(last, title="The last of them")] if len(names) > 1 else [all_of_them]


def _told(steps: Sequence[Step], pattern: Step) -> Step:
    """What the derivative by one tensor came to, as one step."""
    chain, row = _last_chain(steps), RULES["same again"]
    return Step(
        "", "same again", row.title, chain[0].before, chain[-1].after, row.why, uses=(pattern.id,),
        node=chain[0].node,
        opens=tuple(dict.fromkeys(name for step in chain for name in step.opens)),
        conditions=tuple(dict.fromkeys(one for step in chain for one in step.conditions)),
    )  # fmt: skip


def _last_chain(steps: Sequence[Step]) -> list[Step]:
    """The last equalities that go on from each other."""
    found = [steps[-1]]
    for step in reversed(steps[:-1]):
        if step.after is not found[0].before:
            break
        found.insert(0, step)
    return found


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
