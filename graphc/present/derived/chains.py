"""Which derivative a line is about: the one on its left side, through all the lines that go on from it."""

from __future__ import annotations

from ...derivation.step import Derivation, Derivative, Step
from ...language import expression as e


class Chains:
    """`ends` are the last lines of the derivatives that were asked for, by what they are taken by."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self._going_on: dict[e.Expression, Derivative] = {}
        self._about = {step.id: self._target(step) for step in derivation.walk()}
        self.ends: dict[str, Step] = {}
        for step in derivation.walk():
            target = self._about[step.id]
            if (
                step.zoom == "graph"
                and target is not None
                and target.of == derivation.of
                and target.by in derivation.wrt
            ):
                self.ends[target.by] = step

    def __getitem__(self, step: Step) -> Derivative | None:
        return self._about[step.id]

    def ending(self, step: Step) -> bool:
        """Whether it is the last line of a derivative that was asked for."""
        target = self[step]
        return target is not None and self.ends.get(target.by) is step

    def _target(self, step: Step) -> Derivative | None:
        target = self.derivation.derivatives.get(_name(step.before)) or self._going_on.get(step.before)
        if target is not None:
            self._going_on[step.after] = target
        return target


def _name(expression: e.Expression) -> str:
    """The name of what is written `g` or `g[i]`."""
    base = expression.base if isinstance(expression, e.Subscript) else expression
    return base.name if isinstance(base, e.Name) else ""
