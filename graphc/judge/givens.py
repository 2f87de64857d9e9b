"""What a derivation starts from: equations, axes, assumptions. A name that none of them mentions is a free number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from ..language.expression import Compare, Constant, Declaration, Definition, Equation, Expression

Kind = Literal["values", "open", "closed", "integer", "one_hot", "distribution", "holds"]


@dataclass(frozen=True)
class Assumption:
    """`y in {0, 1}`: values; `p in (0, 1)`: open; `[0, 1]`: closed; `n integer`; `t one_hot`; `a > 0`: holds."""

    kind: Kind
    name: str = ""
    values: tuple[Fraction, ...] = ()  # the elements of a set, or the two ends
    holds: Compare | None = None
    text: str = ""


ATTRIBUTES: dict[str, Assumption] = {
    "binary": Assumption("values", values=(Fraction(0), Fraction(1)), text="in {0, 1}"),
    "unit": Assumption("open", values=(Fraction(0), Fraction(1)), text="in (0, 1)"),
    "integer": Assumption("integer", text="integer"),
    "one_hot": Assumption("one_hot", text="one_hot"),
    "distribution": Assumption("distribution", text="distribution"),
}


def assumption(name: str, attribute: str) -> Assumption:
    """An attribute of a declaration, as an assumption: `assumption("t", "one_hot")`."""
    row = ATTRIBUTES[attribute]
    return Assumption(row.kind, name, row.values, text=f"{name} {row.text}")


@dataclass(frozen=True)
class Slope:
    """What `name[parameters]` stands for: ∂of[of_at]/∂by[by_at]; of an edge only through the equation of `of`."""

    parameters: tuple[str, ...]
    of: str
    of_at: tuple[Expression, ...]
    by: str
    by_at: tuple[Expression, ...]
    edge: bool = False


Statement = Equation | Definition | Declaration | Constant


@dataclass(frozen=True)
class Givens:
    """`axes` are those that were declared, a size name or a number each; `sizes` fixes named sizes.

    `slopes` are derivatives that go by a name of their own, as in the steps of a derivation.
    """

    statements: tuple[Statement, ...] = ()
    axes: Mapping[str, tuple[Expression, ...]] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    slopes: Mapping[str, Slope] = field(default_factory=dict)

    def assuming(self, more: Sequence[Assumption]) -> Givens:
        """The same with further assumptions."""
        return Givens(self.statements, self.axes, (*self.assumptions, *more), self.sizes, self.slopes)
