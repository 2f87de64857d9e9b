"""Sizes that were declared as numbers, 784 or 128, made small: what holds there says nothing of the number itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ..language.expression import Declaration, Definition, Equation, Expression, Name, Number
from .givens import Givens
from .total import mentioned, parts

SMALL = 2  # a number up to it is no burden
LONGEST, MOST_LOOKS = 40, 6
LARGE = 2_000  # so many elements of one tensor are one


def shrunk(givens: Givens, lines: Sequence[Expression]) -> Givens:
    """The givens with declared numbers as names of sizes, where some are large and no text uses them otherwise."""
    axes = {**givens.axes, **{s.name: s.dims for s in givens.statements if isinstance(s, Declaration)}}
    if not any(_elements(dims) > LARGE for dims in axes.values()):
        return givens
    used = numbers(givens, lines)

    def small(dim: Expression) -> Expression:
        if isinstance(dim, Number) and dim.value > SMALL and not any(value % dim.value == 0 for value in used):
            return Name(f"size {dim.value}")
        return dim

    kept = tuple(s for s in givens.statements if not isinstance(s, Declaration))
    return replace(givens, statements=kept, axes={name: tuple(map(small, dims)) for name, dims in axes.items()})


def numbers(givens: Givens, lines: Sequence[Expression]) -> set[Fraction]:
    """The numbers that are written, save those that say nothing of a length: 1/576 may be the mean over 24 by 24."""
    texts = [*lines, *(s.right for s in givens.statements if isinstance(s, Equation | Definition))]
    found = {part.value for text in texts for part in parts(text) if isinstance(part, Number)}
    return {value for value in found if value > SMALL}


def looks(givens: Givens, lines: Sequence[Expression], names: frozenset[str]) -> list[dict[str, int]]:
    """Sizes to look at for those that are numbers in a line too: where a comparison with one may turn, and beyond."""
    texts = [*lines, *(s.right for s in givens.statements if isinstance(s, Equation | Definition))]
    spoken = [name for name in sorted(names) if any(name in mentioned(text) for text in texts)]
    if not spoken:
        return []
    written = {part.value for text in texts for part in parts(text) if isinstance(part, Number)}
    near = sorted({int(value) + k for value in written if SMALL < value <= LONGEST for k in (0, 1)})[-MOST_LOOKS:]
    return [dict.fromkeys(spoken, size) for size in near]


def _elements(dims: Sequence[Expression]) -> int:
    total = 1
    for dim in dims:
        total *= int(dim.value) if isinstance(dim, Number) else 3
    return total
