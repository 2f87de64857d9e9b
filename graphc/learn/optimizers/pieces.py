"""What may stand before an optimiser's formulas: a schedule gives `lr` from `lr0`, clipping gives `g` from `gradient`.

A piece is a line or two in the language with numbers in them; like an optimiser, it is all in its text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from ...language.errors import GraphcError


@dataclass(frozen=True)
class Piece:
    """Formulas with a constant for each field. Every field is a number that is not negative."""

    formulas: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name, value in self.constants.items():
            if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
                raise GraphcError(f"the `{name}` of {type(self).__name__} is a number from 0 up, not {value!r}")

    @property
    def constants(self) -> dict[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def text(self) -> str:
        """The formulas as the language reads them."""
        return "\n".join([*(constant(name, value) for name, value in self.constants.items()), self.formulas.strip()])


def constant(name: str, value: float) -> str:
    return f"const {name} = {value!r}"


@dataclass(frozen=True)
class Schedule(Piece):
    """A rate that changes from step to step: `start` is the rate `lr0`, which may also be changed by hand."""

    start: float

    @property
    def constants(self) -> dict[str, float]:
        return {name: value for name, value in super().constants.items() if name != "start"}


@dataclass(frozen=True)
class Constant(Schedule):
    formulas = "lr = lr0"


@dataclass(frozen=True)
class StepDecay(Schedule):
    """The rate times `factor` after every so many steps, at most `drops` times."""

    every: int
    factor: float = 0.1
    drops: int = 32
    formulas = "lr = lr0*factor**sum[k<drops](where(t > every*(k + 1), 1, 0))"

    @property
    def text(self) -> str:
        formulas = self.formulas.replace("drops", str(int(self.drops)))  # an extent is a whole number, not a constant
        return "\n".join([constant("every", self.every), constant("factor", self.factor), formulas])


@dataclass(frozen=True)
class Exponential(Schedule):
    """The rate times `factor` over every so many steps, smoothly."""

    factor: float
    every: float = 1
    formulas = "lr = lr0*factor**((t - 1)/every)"


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a cosine from the start down to the `end` over so many steps, with a straight rise before it."""

    steps: int
    end: float = 0.0
    warmup: int = 0
    formulas = """
progress = min(1, max(0, (t - 1 - warmup)/(steps - warmup)))
lr = where(t <= warmup, lr0*t/max(1, warmup), end + (lr0 - end)*(1 + cos(pi*progress))/2)
"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.warmup >= self.steps:
            raise GraphcError(f"a warmup of {self.warmup} steps leaves nothing of {self.steps}")


@dataclass(frozen=True)
class Warmup(Schedule):
    """A straight rise over so many steps, and the same rate from there on."""

    steps: int
    formulas = "lr = lr0*min(1, t/steps)"


@dataclass(frozen=True)
class ClipValue(Piece):
    """Every element of the gradient between −limit and limit."""

    limit: float
    formulas = "g = max(-limit, min(limit, gradient))"


@dataclass(frozen=True)
class ClipNorm(Piece):
    """The whole gradient made no longer than the limit; its direction stays."""

    limit: float
    formulas = """
norm = sqrt(sum(gradient*gradient))
g = gradient*limit/max(norm, limit)
"""
