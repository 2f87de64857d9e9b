"""A derivation as plain text, for golden files and for reading: every line in the language, no notation."""

from __future__ import annotations

from graphc.derivation.step import Derivation, Step
from graphc.language.text import text


def written(derivation: Derivation) -> str:
    """Steps at graph and index zoom, then the results."""
    lines: list[str] = []
    for step in derivation.steps:
        _step(step, "", lines)
    for name, result in derivation.result.items():
        at = f"[{','.join(result.indices)}]" if result.indices else ""
        lines.append(f"{name}{at} = {text(result.body)}")
        if result.matrix is not None:
            lines.append(f"  = {text(result.matrix)}")
    return "\n".join(lines) + "\n"


def _step(step: Step, margin: str, lines: list[str]) -> None:
    conditions = f" if {', '.join(step.conditions)}" if step.conditions else ""
    lines.append(f"{margin}{step.id} {step.title}{conditions}: {step.why}")
    lines.append(f"{margin}    {text(step.before)}")
    lines.append(f"{margin}  = {text(step.after)}")
    for child in step.children:
        if child.zoom != "scalar":
            _step(child, margin + "    ", lines)
