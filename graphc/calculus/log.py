"""The log: what was done, by which rule, to what, and under which condition. A derivation is read from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..graph.node import Node


@dataclass(frozen=True)
class Step:
    """One application of a rule. `before` and `after` are scalars or nodes; `node` is the tensor worked on."""

    rule: str
    before: Any
    after: Any
    node: Node | None = None
    conditions: tuple[str, ...] = ()


@dataclass
class Log:
    """Steps in the order in which they were taken."""

    steps: list[Step] = field(default_factory=list)

    def record(
        self, rule: str, before: Any, after: Any, node: Node | None = None, conditions: tuple[str, ...] = ()
    ) -> None:
        self.steps.append(Step(rule, before, after, node, conditions))

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every assumption that was used, once each."""
        return tuple(dict.fromkeys(condition for step in self.steps for condition in step.conditions))
