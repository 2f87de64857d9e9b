"""Equations under each other at their signs, as rows of LaTeX, none wider than the page where it can be broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...language.expression import Expression
from ..notation.board import board
from ..notation.latex import latex_lines
from ..notation.meaning import Notation
from ..notation.planar import DEEPEST, drawn
from ..notation.width import width

WIDEST_LEFT = 11.0  # ems; below a wider left side the right ones hang, in all of the block
EQUALS, HANGING, LEAST = 1.8, 3.0, 12.0  # what the sign takes, what hanging takes, and what is left in any case

Equation = tuple[Expression | None, Expression, str]  # without a left side it goes on from the one above; the number


def rows(equations: Sequence[Equation], notation: Notation, room: float, numbered: Callable[[str], str]) -> list[str]:
    """`numbered` says how the number of an equation stands at the end of its last row."""
    lefts = [left for left, _, _ in equations if left is not None]
    widest = max((width(drawn(board(left, notation, DEEPEST))) for left in lefts), default=0.0)
    hangs = widest > WIDEST_LEFT
    space = max(LEAST, room - (HANGING if hangs else widest + EQUALS))
    found: list[str] = []
    for left, right, number in equations:
        sides = [] if left is None else latex_lines(left, notation, room)
        first, *more = latex_lines(right, notation, space)
        if hangs:
            found += [(r"&\qquad " if place else "& ") + side for place, side in enumerate(sides)]
            found.append(rf"&\quad = {first}")
        else:
            found.append(f"{''.join(sides)} &= {first}".strip())
        found += [rf"&\qquad {line}" for line in more]
        found[-1] += numbered(number) if number else ""
    return found
