"""The graph beside the steps: a click on a box shows which steps are about it and which lines compute it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...derivation.step import Derivation, Step
from ...graph.network import Network
from ...language.expression import Name
from ..picture import Box, Part, Picture, picture, shape_text
from ..svg import clean, style, svg, told_apart
from .html_math import Math
from .html_steps import Steps
from .listing import Origins, ranges

MOST = 24  # names of equal layers on a card
LEAST = 0.64  # of its size: a picture that is too wide for its place is not made smaller than this, but scrolls


class Graph:
    """The picture of the network, and where on the page each tensor is found."""

    def __init__(self, net: Network, prefix: str = "") -> None:
        self.prefix = prefix
        self.picture: Picture = replace(picture(net), title="")
        links = {box.key: self._box(box) for box in self.picture.boxes}
        self.drawn = told_apart(svg(self.picture, alone=False, links=links), prefix)
        self.places: dict[str, str] = {}
        for box in self.picture.boxes:
            for number, part in enumerate(box.parts):
                names = [*part.names, *(name for chip in part.chips for name in chip.names)]
                for name in names:
                    self.places.setdefault(name, f"{self.prefix}tensor-{box.key}-{number}")

    def html(self, derivation: Derivation, math: Math, steps: Steps, origins: Origins | None) -> str:
        about: dict[str, list[str]] = {}
        for name, key in _about(derivation.steps, None):
            about.setdefault(name, []).append(key)
        cards = "".join(self._card(box, about, math, steps, origins) for box in self.picture.boxes)
        return (
            f'<figure aria-label="the network as a graph">{self.drawn}</figure>'
            f'<div class="cards"><p class="hint">Choose a box to see which steps are about it.</p>{cards}</div>'
        )

    def style(self) -> str:
        """The drawing's own colours, and the box of a chosen card framed."""
        chosen = ",".join(
            f'.graphc:has(#{name}:target,#{name} :target) figure a[href="#{name}"] .shape'
            for name in map(self._box, self.picture.boxes)
        )
        least = LEAST * float(self.drawn.partition(' width="')[2].partition('"')[0])
        return (
            f".graphc figure svg {{ {style()} }} {chosen} {{ stroke: var(--mark); stroke-width: 3.5px }} "
            f"@media screen {{ .graphc figure svg {{ min-width: {least:.0f}px }} }}"
        )

    def _box(self, box: Box) -> str:
        return f"{self.prefix}box-{box.key}"

    def _card(self, box: Box, about: dict[str, list[str]], math: Math, steps: Steps, origins: Origins | None) -> str:
        rows = "".join(
            self._tensor(part, f"{self.prefix}tensor-{box.key}-{number}", about, math, steps, origins)
            for number, part in enumerate(box.parts)
        )
        again = f"<p>{box.repeat} times, one after the other</p>" if box.repeat > 1 else ""
        return f'<section class="card" id="{self._box(box)}" tabindex="-1">{again}{rows}</section>'

    def _tensor(
        self, part: Part, place: str, about: dict[str, list[str]], math: Math, steps: Steps, origins: Origins | None
    ) -> str:
        """Names are spelled as formulas spell them."""
        shape = shape_text(part.shape) or "scalar"
        formula = f" = {part.formula}" if part.formula not in ("input", "param") else ""
        names = [*part.names, *(name for chip in part.chips for name in chip.names)]
        title = math.inline(Name(part.title)) if part.title in names else clean(part.title)
        found = [f"<p>{math.inline(Name(name))} steps {links}</p>"
                 for name in names[:MOST] if (links := steps.links(about.get(name, [])))]  # fmt: skip
        code = "" if origins is None else self._lines(part.names, origins)
        return (
            f'<div id="{place}" tabindex="-1"><h3>{title} <small>{clean(shape)}</small></h3>'
            f"<code>{clean(part.left + formula)}</code>{''.join(found)}{code}</div>"
        )

    def _lines(self, names: Sequence[str], origins: Origins) -> str:
        found = [origins.listing.named[name] for name in names if name in origins.listing.named]
        links = [
            f'<a href="#{self.prefix}line-{first}">{first}{f"–{last}" if last > first else ""}</a>'
            for first, last in ranges(found)[:8]
        ]
        return f"<p>computed in lines {' '.join(links)}</p>" if links else ""


def _about(steps: Sequence[Step], around: Step | None) -> Iterator[tuple[str, str]]:
    """The tensors that steps are about, each with the step's id; what unfolds a step about the same is not counted."""
    for step in steps:
        if step.node and (around is None or around.node != step.node):
            yield step.node, step.id
        yield from _about(step.children, step)
