"""The derivation as data, `graphc/derive/1`: every zoom, closer ones as children."""

from __future__ import annotations

import json
from typing import Any

from ...derivation.scalar_terms import substituted, walked
from ...derivation.step import Check, Derivation, Result, Step
from ...derivation.uses import defines
from ...language.expression import Expression, Name, Subscript
from ...language.text import text
from ..notation.latex import latex
from ..notation.whole import notation_of


def data(derivation: Derivation) -> dict[str, Any]:
    notation = notation_of(derivation, long=True)

    def step(one: Step, children: list[dict[str, Any]]) -> dict[str, Any]:
        extents = derivation.extents(one)
        sides = latex(one.before, notation=notation), latex(one.after, notation=notation)
        return {
            "id": one.id,
            "rule": one.rule,
            "title": one.title,
            "before": text(one.before),
            "after": text(one.after),
            **({} if extents is None else {"extents": list(map(text, extents))}),
            "latex": " = ".join(sides),
            "why": one.why,
            "uses": list(one.uses),
            "conditions": list(one.conditions),
            "check": check(one.check),
            "zoom": one.zoom,
            "node": one.node,
            "folded": one.folded,
            "children": children,
        }

    def check(one: Check | None) -> dict[str, Any] | None:
        return None if one is None else {"method": one.method, "ok": one.ok}

    drawn = [step for step in derivation.walk() if step.rule == "draw"]
    names = {defines(step.before): step.after for step in drawn}

    def loadable(whole: Expression) -> str:
        """A file has no name for a mask, and outside training it is that of a dropout of 1."""
        found: dict[Expression, Expression] = {
            part: names[part.base.name]
            for part in walked(whole)
            if names and isinstance(part, Subscript) and isinstance(part.base, Name) and part.base.name in names
        }
        return text(substituted(whole, found) if found else whole)

    def result(one: Result) -> dict[str, Any]:
        extents = {} if one.extents is None else {"extents": list(one.extents)}
        parts = [f"{text(left)} = {loadable(right)}" for left, right in one.parts]
        return {
            "text": "\n".join([loadable(one.body), *parts]),
            "indices": list(one.indices),
            **extents,
            "latex": latex(one.body, notation=notation),
            "matrix": None if one.matrix is None else text(one.matrix),
            "check": check(one.check),
        }

    return {
        "schema": "graphc/derive/1",
        "model": derivation.model,
        "of": derivation.of,
        "wrt": list(derivation.wrt),
        "steps": [_tree(one, step) for one in derivation.steps],
        "result": {name: result(one) for name, one in derivation.result.items()},
    }


def render(derivation: Derivation, zoom: str = "graph") -> str:
    """One object; it has all zooms, whichever is asked for."""
    return json.dumps(data(derivation), ensure_ascii=False, indent=1) + "\n"


def _tree(root: Step, make: Any) -> dict[str, Any]:
    """`make(step, its children made)` from the leaves up, without recursion."""
    made: dict[int, dict[str, Any]] = {}
    for step in reversed(list(root.walk())):
        made[id(step)] = make(step, [made[id(child)] for child in step.children])
    return made[id(root)]
