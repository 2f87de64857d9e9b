"""The boundary of two classes as characters, for a terminal and for a pipe: the plane is shaded where the second is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from .terminal import Line, Piece

if TYPE_CHECKING:
    from ..learn.plots.plane import Plane

MARKS, GROUND = "ox", " ░"  # an example of each class, and the ground where one is taken for it
COLOURS = ("blue", "red")
TALL = 2.1  # a character is so many times as high as it is wide


def plane_lines(plane: Plane, width: int) -> list[Line]:
    """The plane, so many columns wide in its frame, both axes to one scale, with the examples held out."""
    shape = np.ptp(plane.up) / np.ptp(plane.across)
    height = max(4, min(width // 2, round(width * shape / TALL)))
    down, across = (np.linspace(0, len(axis) - 1, count) for axis, count in ((plane.up, height), (plane.across, width)))
    taken = (plane.said > plane.threshold)[np.ix_(down.round().astype(int)[::-1], across.round().astype(int))]
    marks = _marks(plane, height, width)
    edge = Piece("│", "dim")
    rows = [[_piece(int(taken[row, k]), marks.get((row, k))) for k in range(width)] for row in range(height)]
    above, below = ([Piece(f"{left}{'─' * width}{right}", "dim")] for left, right in ("┌┐", "└┘"))
    return [above, *([edge, *row, edge] for row in rows), below]


def _marks(plane: Plane, height: int, width: int) -> dict[tuple[int, int], int]:
    """The class that most examples of a place are of, by line and column."""
    points, classes = plane.learnt if plane.held_out is None else plane.held_out
    low = np.array([plane.up[0], plane.across[0]])
    reach = np.array([np.ptp(plane.up), np.ptp(plane.across)])
    places = ((points[:, ::-1] - low) / reach * (np.array([height, width]) - 1)).round().astype(int)
    found: dict[tuple[int, int], Counter[int]] = {}
    for (up, across), number in zip(places.tolist(), classes.tolist(), strict=True):
        found.setdefault((height - 1 - up, across), Counter())[number] += 1
    return {place: numbers.most_common(1)[0][0] for place, numbers in found.items()}


def _piece(taken: int, mark: int | None) -> Piece:
    return Piece(GROUND[taken], COLOURS[taken]) if mark is None else Piece(MARKS[mark], f"bold {COLOURS[mark]}")
