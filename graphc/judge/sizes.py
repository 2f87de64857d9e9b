"""Sizes that were declared as numbers, 784 or 128, made small: what holds there says nothing of the number itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..language.expression import Declaration, Definition, Equation, Expression, Name, Number
from .givens import Givens
from .total import parts

SMALL = 7  # a number up to it is no burden
LARGE = 2_000  # so many elements of one tensor are one


def shrunk(givens: Givens, lines: Sequence[Expression]) -> Givens:
    """The givens with large declared numbers as names of sizes, where no text uses these numbers otherwise."""
    axes = {**givens.axes, **{s.name: s.dims for s in givens.statements if isinstance(s, Declaration)}}
    if not any(_elements(dims) > LARGE for dims in axes.values()):
        return givens
    texts = [*lines, *(s.right for s in givens.statements if isinstance(s, Equation | Definition))]
    used = {part.value for text in texts for part in parts(text) if isinstance(part, Number)}

    def small(dim: Expression) -> Expression:
        if isinstance(dim, Number) and dim.value > SMALL and dim.value not in used:
            return Name(f"size {dim.value}")
        return dim

    kept = tuple(s for s in givens.statements if not isinstance(s, Declaration))
    return replace(givens, statements=kept, axes={name: tuple(map(small, dims)) for name, dims in axes.items()})


def _elements(dims: Sequence[Expression]) -> int:
    total = 1
    for dim in dims:
        total *= int(dim.value) if isinstance(dim, Number) else 3
    return total
