"""The derivation for a terminal of 80 columns."""

from __future__ import annotations

from ...derivation.step import Derivation
from ..notation.text import text
from ..notation.whole import notation_of


def render(derivation: Derivation, zoom: str = "graph") -> str:
    notation = notation_of(derivation)
    lines = []
    for step in derivation.steps:
        lines.append(f"{text(step.before, notation=notation)} = {text(step.after, notation=notation)}")
        lines.append(f"    {step.title}: {step.why}")
    for name, result in derivation.result.items():
        lines.append(f"{name} = {text(result.body, notation=notation)}")
    return "\n".join(lines) + "\n"
