"""The program under the steps: every line that computes, and for each tensor the steps that it comes from."""

from __future__ import annotations

from ..svg import clean
from .html_code import code
from .html_steps import Steps
from .listing import Lines, Origins

MADE = "memory, views and numbers, made once for a set of sizes"


def program(origins: Origins, steps: Steps, prefix: str = "") -> str:
    """The lines in their order, in groups of one tensor each; before them, folded, what is made once."""
    groups = "".join(_group(lines, origins, steps, prefix) for lines in sorted(origins.listing.all, key=_first))
    once = code(origins.listing.prepared, prefix)
    made = f"<details><summary>{MADE}</summary>{once}</details>" if once else ""
    return f'<div class="listing">{made}{groups}</div>'


def _first(lines: Lines) -> int:
    return lines.lines[0][0]


def _group(lines: Lines, origins: Origins, steps: Steps, prefix: str) -> str:
    links = steps.links(origins.steps.get(lines.key, []))
    place = steps.places.get(lines.name)
    forward = "" if place is None else f'<a class="tensor" href="#{place}">{clean(lines.name)}</a>'
    return (
        f'<div class="group">{code(lines.lines, prefix)}'
        f'<p class="from">{f"steps {links}" if links else forward}</p></div>'
    )
