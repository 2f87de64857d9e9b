"""Steps as lines of a lecture: equalities under each other, the reason beside each, what unfolds it below.

What a reader may open is a `<details>`, so that no script is needed; the zoom that was asked for is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ...derivation.step import Derivation, Step, Zoom
from ...language import expression as e
from ..svg import clean
from .html_math import Math
from .listing import Became, Origins, ranges

ZOOMS: tuple[Zoom, ...] = ("graph", "index", "scalar")
UNFOLDS = {
    "graph": ("In smaller steps", "these are the steps in between"),
    "index": ("Index by index", "why it holds for every element"),
    "scalar": ("From the rules of calculus", "the ordinary derivative, from scratch"),
}
MANY, FIRST, LAST = 16, 8, 2  # folded steps in a row: of more than these only the first and the last are written out


class Steps:
    """The steps of a derivation, numbered; `tensor` says where on the page a tensor is found."""

    def __init__(
        self,
        derivation: Derivation,
        math: Math,
        zoom: Zoom,
        origins: Origins | None,
        tensor: Callable[[str | None], str | None],
    ) -> None:
        self.derivation, self.math, self.zoom, self.origins, self.tensor = derivation, math, zoom, origins, tensor
        self.numbers = dict(_numbered(derivation.steps))

    def html(self) -> str:
        return self._list(self.derivation.steps)

    def link(self, key: str) -> str:
        """A link to a step by its number."""
        number = self.numbers.get(key)
        return "" if number is None else f'<a href="#step-{number}">{number}</a>'

    def links(self, keys: Sequence[str], most: int = 24) -> str:
        """Links to steps, closest first where there are many."""
        found = [link for link in map(self.link, dict.fromkeys(keys)) if link]
        return " ".join(found[:most]) + (" …" if len(found) > most else "")

    # -- lists

    def _list(self, steps: Sequence[Step]) -> str:
        items: list[str] = []
        before: e.Expression | None = None
        for step in spared(steps):
            if step is None:
                items.append(f'<li class="left-out">… {len(steps) - FIRST - LAST} more of the same form …</li>')
                continue
            items.append(self._item(step, step.before is before))
            before = step.after
        return f'<ol class="steps">{"".join(items)}</ol>'

    def _item(self, step: Step, goes_on: bool) -> str:
        number = self.numbers[step.id]
        head = f'<li class="step{" goes-on" if goes_on else ""}" id="step-{number}">'
        body = self._body(step, number, goes_on)
        if step.folded:
            title = f'<summary><span class="count">{number}</span> {clean(step.title)}</summary>'
            return f'{head}<details class="folded">{title}{body}</details></li>'
        return f"{head}{body}</li>"

    def _body(self, step: Step, number: str, goes_on: bool) -> str:
        left = "" if goes_on else f'<span class="side">{self.math(step.before)}</span> '
        right = f'<span class="side">{self.math(step.after, "=")}</span>'
        return (
            f'<div class="line"><a class="number" href="#step-{number}" aria-label="step {number}">{number}</a>'
            f'<div class="equation">{left}{right}</div>{self._reason(step)}</div>{self._opens(step)}'
        )

    # -- what stands beside a line

    def _reason(self, step: Step) -> str:
        marks = [self._tensor(step), self._uses(step), *map(_condition, step.conditions), _certificate(step)]
        return (
            f'<div class="reason"><b class="why">{clean(step.title)}</b><p>{clean(step.why)}</p>'
            f'<div class="marks">{" ".join(mark for mark in marks if mark)}</div></div>'
        )

    def _tensor(self, step: Step) -> str:
        place = self.tensor(step.node)
        return "" if place is None else f'<a class="tensor" href="#{place}">{clean(step.node or "")}</a>'

    def _uses(self, step: Step) -> str:
        links = self.links(step.uses, 8)
        return f'<span class="uses">from {links}</span>' if links else ""

    # -- what unfolds it

    def _opens(self, step: Step) -> str:
        groups = [(zoom, list(children)) for zoom, children in groupby(step.children, key=lambda child: child.zoom)]
        parts = [self._unfolds(step, zoom, children) for zoom, children in groups]
        if self.origins is not None:
            parts.append(self._program(self.origins[step]))
        found = "".join(parts)
        return f'<div class="opens">{found}</div>' if found else ""

    def _unfolds(self, step: Step, zoom: Zoom, children: Sequence[Step]) -> str:
        title, hint = UNFOLDS[zoom]
        closer = ZOOMS.index(zoom) > ZOOMS.index(step.zoom)
        shown = " open" if closer and ZOOMS.index(zoom) <= ZOOMS.index(self.zoom) else ""
        kind = f"unfold {zoom}" if closer else "unfold"
        return (
            f'<details class="{kind}"{shown}><summary>{title}<span class="hint"> · {hint}</span></summary>'
            f"{self._list(children)}</details>"
        )

    def _program(self, became: Became) -> str:
        if not became.lines and became.gone is None:
            return ""
        said = ""
        if became.gone is not None:
            name = f"∂{became.gone.of}/∂{became.gone.by}"
            whole = became.gone.of == self.derivation.of
            said = (
                f"<p>{clean(name)} cancelled: the program never computes it."
                if whole
                else (f"<p>{clean(name)} is a factor: the program never computes it by itself.")
            )
            said += " It went into these lines.</p>" if became.lines else "</p>"
        where = ", ".join(f"{a}–{b}" if a != b else f"{a}" for a, b in ranges(became.lines))
        hint = f"line{'s' if '–' in where or ',' in where else ''} {where}" if where else "no line"
        gone = ' <span class="gone">cancelled</span>' if became.gone is not None else ""
        code = "".join(
            f'<a href="#line-{number}">{number}</a><code>{clean(line)}</code>\n'
            for lines in became.lines
            for number, line in lines.lines
        )
        return (
            f'<details class="became"><summary>NumPy<span class="hint"> · {hint}</span>{gone}</summary>{said}'
            + (f"<pre>{code}</pre>" if code else "")
            + "</details>"
        )


def _condition(condition: str) -> str:
    return f'<span class="condition"><span class="off">under the condition </span>{clean(condition)}</span>'


def _certificate(step: Step) -> str:
    if step.check is None:
        return ""
    ok = step.check.ok
    word = "certified" if ok else "not certified"
    return (
        f'<details class="certificate {"ok" if ok else "failed"}"><summary title="{word}: {clean(step.check.method)}">'
        f'<span aria-hidden="true">{"✓" if ok else "✗"}</span><span class="off">{word}</span></summary>'
        f"<p>{word.capitalize()}: {clean(step.check.method)}</p></details>"
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
