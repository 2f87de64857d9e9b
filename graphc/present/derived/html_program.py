"""The program under the steps: every line that computes, and for each tensor the steps that it comes from."""

from __future__ import annotations

from ..svg import clean
from .html_steps import Steps
from .listing import Lines, Origins


def program(origins: Origins, steps: Steps, prefix: str = "") -> str:
    """The lines in their order, in groups of one tensor each."""
    groups = "".join(_group(lines, origins, steps, prefix) for lines in sorted(origins.listing.all, key=_first))
    return f'<div class="listing">{groups}</div>'


def _first(lines: Lines) -> int:
    return lines.lines[0][0]


def _group(lines: Lines, origins: Origins, steps: Steps, prefix: str) -> str:
    links = steps.links(origins.steps.get(lines.key, []))
    here = f"steps {links}" if links else "forward"
    code = "".join(
        f'<span class="row" id="{prefix}line-{number}"><a href="#{prefix}line-{number}">{number}</a>'
        f"<code>{clean(line)}</code></span>"
        for number, line in lines.lines
    )
    return f'<div class="group"><pre>{code}</pre><p class="from">{here}</p></div>'
