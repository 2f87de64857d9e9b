"""A route as curves: upright where it starts, ends and turns, or straight with round corners."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .places import Point


def curve(points: Sequence[Point], corners: bool = False) -> list[Point]:
    """The Bézier curves through the points of a route, three points each: two to bend towards and where it ends.

    It is upright where it starts, ends and turns; with `corners` it is straight with round corners instead.
    """
    if corners:
        return _rounded(points)
    found: list[Point] = []
    for (x1, y1), (x2, y2) in pairwise(points):
        x1 = x2 if abs(x1 - x2) < 0.5 else x1
        found += [(x1, (y1 + y2) / 2), (x2, (y1 + y2) / 2), (x2, y2)]
    return found


def _rounded(points: Sequence[Point], radius: float = 10.0) -> list[Point]:
    found: list[Point] = []
    at = points[0]
    for here, after in pairwise(points[1:]):
        before, beyond = _toward(here, at, radius), _toward(here, after, radius)
        found += [at, before, before, here, here, beyond]
        at = beyond
    return [*found, at, points[-1], points[-1]]


def _toward(start: Point, end: Point, reach: float) -> Point:
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1])) or 1.0
    share = min(0.5, reach / length)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def beside(points: Sequence[Point], distance: float, corners: bool = False) -> list[Point]:
    """The same route so far to the side: a line that runs along it, and ends at the same two boxes."""
    if not corners:
        return [(x + distance, y) for x, y in points]
    normals = [(_sign(y2 - y1), _sign(x1 - x2)) for (x1, y1), (x2, y2) in pairwise(points)]
    found: list[Point] = []
    for (x, y), before, after in zip(points, [(0, 0), *normals], [*normals, (0, 0)], strict=True):
        aside = [one or other for one, other in zip(before, after, strict=True)]
        found.append((x + distance * aside[0], y + distance * aside[1]))
    return found


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
