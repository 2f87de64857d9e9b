"""What a layout is about: boxes, labels and bends with a place, and the wires that run through them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

GAP, LEVEL_GAP = 28.0, 22.0  # between neighbours on a level, and between levels
WORK = 400_000  # places that are looked at in all rounds of a kind together

Key = int
Point = tuple[float, float]


@dataclass
class Place:
    """A box, a label or a bend: its size and, in the end, its centre."""

    width: float
    height: float
    bend: bool = False
    level: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


@dataclass
class Wire:
    """An edge with what it passes through on the way: label and bends, as keys of the graph."""

    source: Key
    target: Key
    label: Key
    path: list[Key] = field(default_factory=list)

    @property
    def links(self) -> list[tuple[Key, Key]]:
        return list(pairwise(self.path))


def rounds(wanted: int, size: int) -> int:
    """So many rounds, but fewer over a very large graph."""
    return max(2, min(wanted, WORK // max(size, 1)))
