"""Steps as lines of a lecture: equalities under each other, the reason beside each, what unfolds it below.

What a reader may open is a `<details>`, so that no script is needed; the zoom that was asked for is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from ...derivation.step import Check, Derivation, Step, Zoom
from ...language import expression as e
from ..svg import clean
from .chains import Chains
from .html_code import code
from .html_math import Math
from .listing import Became, Origins, ranges
from .spoken import conditions, spoken

ZOOMS: tuple[Zoom, ...] = ("graph", "index", "scalar")
UNFOLDS = {
    "graph": ("Written out", "the steps that it stands for"),
    "index": ("Index by index", "why it holds for every element"),
    "scalar": ("From the rules of calculus", "the ordinary derivative, from scratch"),
}
MANY, FIRST, LAST = 24, 12, 6  # folded steps in a row: of more than these only the first and the last are written out


class Steps:
    """The steps of a derivation, numbered; `places` say where on the page a tensor is found."""

    def __init__(
        self,
        derivation: Derivation,
        math: Math,
        zoom: Zoom,
        chains: Chains,
        origins: Origins | None,
        places: Mapping[str, str],
        prefix: str = "",
    ) -> None:
        self.derivation, self.math, self.zoom = derivation, math, zoom
        self.chains, self.origins, self.places, self.prefix = chains, origins, places, prefix
        self.ends = {step.id: step.after for step in derivation.walk()}
        self.numbers = dict(_numbered(derivation.steps))

    def html(self) -> str:
        return self._list(self.derivation.steps, "graph", None)

    def link(self, key: str) -> str:
        """A link to a step by its number."""
        number = self.numbers.get(key)
        return "" if number is None else f'<a href="#{self.prefix}step-{number}">{number}</a>'

    def links(self, keys: Sequence[str], most: int = 24) -> str:
        """Links to steps, closest first where there are many."""
        found = [link for link in map(self.link, dict.fromkeys(keys)) if link]
        return " ".join(found[:most]) + (" …" if len(found) > most else "")

    # -- lists

    def _list(self, steps: Sequence[Step], zoom: Zoom, around: Step | None) -> str:
        whole = around is not None and all(step.folded for step in steps)  # one fold around them all is enough
        items: list[str] = []
        before: e.Expression | None = None
        for closer, run in groupby(spared(steps), key=lambda step: step is not None and step.zoom != zoom):
            found = list(run)
            if closer:
                inner = self._unfolds([step for step in found if step], zoom, around)
                items.append(f'<li class="opens">{inner}</li>')
            for step in found:
                if step is None:
                    items.append(f'<li class="left-out">… {len(steps) - FIRST - LAST} more of the same form …</li>')
                elif not closer:
                    items.append(self._item(step, step.before is before, around, whole))
                before = None if step is None else step.after
        return f'<ol class="steps">{"".join(items)}</ol>'

    def _item(self, step: Step, goes_on: bool, around: Step | None, whole: bool) -> str:
        number = self.numbers[step.id]
        kinds = "step" + " goes-on" * goes_on + " final" * self.chains.ending(step)
        head = f'<li class="{kinds}" id="{self.prefix}step-{number}">'
        body = self._body(step, number, goes_on, around)
        if step.folded and not whole:
            title = f'<summary><span class="count">{number}</span> {self._said(step.title)}</summary>'
            return f'{head}<details class="folded">{title}{body}</details></li>'
        return f"{head}{body}</li>"

    def _body(self, step: Step, number: str, goes_on: bool, around: Step | None) -> str:
        left = "" if goes_on else f'<span class="side">{self.math(step.before)}</span> '
        right = f'<span class="side">{self.math(step.after, "=")}</span>'
        return (
            f'<div class="line"><a class="number" href="#{self.prefix}step-{number}" '
            f'aria-label="step {number}">{number}</a><div class="equation">{left}{right}</div>'
            f"{self._reason(step, around)}{self._opens(step, around)}</div>"
        )

    # -- what stands beside a line

    def _reason(self, step: Step, around: Step | None) -> str:
        marks = [
            self._tensor(step, around),
            self._uses(step),
            *map(self._condition, step.conditions),
            certificate(step.check),
        ]
        return (
            f'<div class="reason"><b class="why">{self._said(step.title)}</b><p>{self._said(step.why)}</p>'
            f'<div class="marks">{" ".join(mark for mark in marks if mark)}</div></div>'
        )

    def _said(self, sentence: str) -> str:
        return spoken(sentence, clean, self.math.inline)

    def _tensor(self, step: Step, around: Step | None) -> str:
        place = self.places.get(step.node or "")
        known = around is not None and around.node == step.node
        return "" if place is None or known else f'<a class="tensor" href="#{place}">{clean(step.node or "")}</a>'

    def _condition(self, condition: str) -> str:
        said = self._said(conditions([condition], self.derivation))
        return f'<span class="condition"><span class="off">under the condition </span>{said}</span>'

    def _uses(self, step: Step) -> str:
        """Links to what it rests on, but for the line that it goes on from, which stands above it."""
        links = self.links([one for one in step.uses if self.ends.get(one) is not step.before], 8)
        return f'<span class="uses">from {links}</span>' if links else ""

    # -- what unfolds it

    def _opens(self, step: Step, around: Step | None) -> str:
        found = self._unfolds(step.children, step.zoom, step)
        if self.origins is not None:
            found += self._program(self.origins.own(step, around))
        return f'<div class="opens">{found}</div>' if found else ""

    def _unfolds(self, steps: Sequence[Step], zoom: Zoom, around: Step | None) -> str:
        """The steps in one fold, named by the furthest of their zooms; runs of closer ones are folds in it."""
        if not steps:
            return ""
        outer = min((step.zoom for step in steps), key=ZOOMS.index)
        title, hint = UNFOLDS[outer]
        closer = ZOOMS.index(outer) > ZOOMS.index(zoom)
        shown = " open" if closer and ZOOMS.index(outer) <= ZOOMS.index(self.zoom) else ""
        kind = f"unfold {outer}" if closer else "unfold"
        return (
            f'<details class="{kind}"{shown}><summary>{title}<span class="hint"> · {hint}</span></summary>'
            f"{self._list(steps, outer, around)}</details>"
        )

    def _program(self, became: Became) -> str:
        if not became.lines and became.gone is None:
            return ""
        cancelled = became.gone is not None and became.gone.of == self.derivation.of
        where = ", ".join(f"{first}–{last}" if last > first else f"{first}" for first, last in ranges(became.lines))
        hint = f"line{'s' if '–' in where or ',' in where else ''} {where}" if where else "no line"
        there = [
            f'<a href="#{self.prefix}line-{first}">{first}{f"–{last}" if last > first else ""}</a>'
            for first, last in ranges(became.lines)
        ]
        link = f"<p>in the program: {' '.join(there)}</p>" if there else ""
        return (
            f'<details class="became"><summary>NumPy<span class="hint"> · {hint}</span>'
            f"{' <span class=gone>cancelled</span>' if cancelled else ''}</summary>{self._gone(became, cancelled)}"
            f"{code(line for lines in became.lines for line in lines.lines)}{link}</details>"
        )

    def _gone(self, became: Became, cancelled: bool) -> str:
        """Of what no line computes: why, and that it went into others."""
        if became.gone is None:
            return ""
        name = clean(f"∂{became.gone.of}/∂{became.gone.by}")
        said = (
            f"{name} cancelled: the program never computes it."
            if cancelled
            else f"{name} is a factor: the program never computes it by itself."
        )
        return f"<p>{said}{' It went into these lines.' if became.lines else ''}</p>"


def certificate(check: Check | None) -> str:
    """How it was checked, behind a mark."""
    if check is None:
        return ""
    ok = check.ok
    word = "certified" if ok else "not certified"
    return (
        f'<details class="certificate {"ok" if ok else "failed"}"><summary title="{word}: {clean(check.method)}">'
        f'<span aria-hidden="true">{"✓" if ok else "✗"}</span><span class="off">{word}</span></summary>'
        f"<p>{word.capitalize()}: {clean(check.method)}</p></details>"
    )


def _numbered(steps: Sequence[Step], before: str = "") -> Iterator[tuple[str, str]]:
    """The number of every step that is written out, by its id: 3, and 3.1 for what unfolds it."""
    skipped = 0
    for place, step in enumerate(spared(steps), 1):
        if step is None:
            skipped = len(steps) - FIRST - LAST - 1
            continue
        number = f"{before}{place + skipped}"
        yield step.id, number
        yield from _numbered(step.children, f"{number}.")


def spared(steps: Sequence[Step]) -> Sequence[Step | None]:
    """The steps that are written out, None for those that are not: a thousand equal layers are read at a few."""
    if len(steps) <= MANY or not all(step.folded for step in steps):
        return steps
    return (*steps[:FIRST], None, *steps[-LAST:])
