"""A derivation inside somebody else's page: the same parts, in an element that keeps its style to itself."""

from __future__ import annotations

from itertools import count

from ...derivation.step import Derivation, Zoom
from .html_parts import parts

FRAGMENT = """<div class="graphc"><style>{style}
.graphc {{ padding: 1rem; border-radius: 6px; }}</style>
<div class="read">
<div class="results">{results}</div>
{graph}
<div class="zoom">{switch}</div>
{steps}
{program}
</div></div>"""
_numbers = count(1)


def fragment(derivation: Derivation, zoom: Zoom = "graph") -> str:
    """Places get a number of their own each time, since a notebook may show the same derivation twice."""
    found = parts(derivation, zoom, prefix=f"d{next(_numbers)}-")
    return FRAGMENT.format(
        style=found.style,
        results=found.results,
        graph=_folded("The graph", found.graph),
        switch=found.switch,
        steps=found.steps,
        program=_folded("What the program computes", found.program),
    )


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>{content}</details>" if content else ""
