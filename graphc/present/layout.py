"""Where things stand: a layered layout, top to bottom, that needs no program installed.

Boxes go on the level of their longest path, and the label of each edge is a small box on a level between. Where an
edge is longer, it passes through points on the levels that it crosses. Sweeps order each level by the barycentre of
its neighbours; then each level is placed as near to its neighbours as its order and the gaps allow, exactly, by
pooling adjacent violators. So nothing can overlap, and long edges, which weigh most, come out straight.
A tall picture is cut where a single edge crosses, and goes on in a further column.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import networkx as nx

GAP, LEVEL_GAP = 28.0, 22.0  # between neighbours on a level, and between levels
COLUMN_GAP = 90.0
SWEEPS, SETTLING = 12, 80
WORK = 400_000  # places that are looked at in all rounds of a kind together
WEIGHT = {0: 1.0, 1: 3.0, 2: 9.0}  # of an edge, by how many of its ends are no boxes: long edges should be straight
ASIDE = 0.01  # the weight of an edge from a box further down that nothing leads to: it stands aside of the main line
UNEVEN = 1.35  # how much higher than the average a column may be
TALL = 800.0  # a picture that is higher than this, and than it is wide, is cut into columns

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
class Route:
    """An edge: the points that it goes through, and the centre of its label. `over` is set between two columns."""

    points: list[Point]
    label: Point
    over: bool = False


@dataclass
class Layout:
    """Places of the boxes in the order given, routes of the edges in the order given, and the size of it all."""

    boxes: list[Place]
    routes: list[Route]
    width: float
    height: float


@dataclass
class _Wire:
    """An edge with what it passes through on the way: label and bends, as keys of the graph."""

    source: Key
    target: Key
    label: Key
    path: list[Key] = field(default_factory=list)


def layout(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    labels: Sequence[tuple[float, float]],
    tall: float = TALL,
) -> Layout:
    """Place boxes of these sizes. `edges` go from a box to one that comes later; `labels` are the sizes of theirs."""
    places = {key: Place(width, height) for key, (width, height) in enumerate(sizes)}
    _levels(places, edges)
    wires = _wires(places, edges, labels)
    columns = _columns(places, wires, tall)
    aside = _aside(places, wires)
    offset = 0.0
    for column in columns:
        inside = {key for key, place in places.items() if place.level in column}
        links = [(a, b) for wire in wires for a, b in _links(wire) if a in inside and b in inside]
        rows = _ordered(places, inside, links)
        _place(places, rows, links, aside)
        _straighten(places, rows, wires)
        _heights(places, rows)
        left = min(places[key].left for key in inside)
        for key in inside:
            places[key].x += offset - left
        offset = max(places[key].right for key in inside) + COLUMN_GAP
    return Layout(
        [places[key] for key in range(len(sizes))],
        [_route(places, wire, columns) for wire in wires],
        max((place.right for place in places.values()), default=0.0),
        max((place.bottom for place in places.values()), default=0.0),
    )


# -- levels: boxes on even ones, labels on odd ones, bends on all


def _levels(places: dict[Key, Place], edges: Sequence[tuple[int, int]]) -> None:
    graph = nx.DiGraph()
    graph.add_nodes_from(places)
    graph.add_edges_from(edges)
    for rank, generation in enumerate(nx.topological_generations(graph)):
        for key in generation:
            places[key].level = 2 * rank
    for key in reversed(list(nx.topological_sort(graph))):  # what has no source stands just above what reads it
        readers = [places[reader].level for reader in graph.successors(key)]
        if readers and not graph.in_degree(key):
            places[key].level = min(readers) - 2


def _wires(
    places: dict[Key, Place], edges: Sequence[tuple[int, int]], labels: Sequence[tuple[float, float]]
) -> list[_Wire]:
    wires = []
    for (source, target), (width, height) in zip(edges, labels, strict=True):
        wire = _Wire(source, target, len(places), [source])
        for level in range(places[source].level + 1, places[target].level):
            key = len(places)
            first = key == wire.label
            places[key] = Place(width if first else 6.0, height if first else 0.0, bend=True, level=level)
            wire.path.append(key)
        wire.path.append(target)
        wires.append(wire)
    return wires


def _links(wire: _Wire) -> list[tuple[Key, Key]]:
    return list(pairwise(wire.path))


def _aside(places: dict[Key, Place], wires: Sequence[_Wire]) -> set[Key]:
    """What is no part of the main line: boxes below the top that nothing leads to, and the labels of their edges."""
    led_to = {wire.target for wire in wires}
    away = {wire.source for wire in wires if wire.source not in led_to and places[wire.source].level}
    return away | {wire.label for wire in wires if wire.source in away}


# -- columns


def _columns(places: dict[Key, Place], wires: Sequence[_Wire], tall: float) -> list[range]:
    """Levels column by column: cut below a label level that a single edge crosses, into columns of like height."""
    if not places:
        return []
    last = max(place.level for place in places.values())
    heights, widths = [0.0] * (last + 1), [0.0] * (last + 1)
    for place in places.values():
        heights[place.level] = max(heights[place.level], place.height)
        widths[place.level] += place.width + GAP
    total = sum(heights) + LEVEL_GAP * last
    crossing = [0] * (last + 1)
    for wire in wires:
        for level in range(places[wire.source].level + 1, places[wire.target].level):
            crossing[level] += 1
    ends = {places[wire.label].level for wire in wires if places[wire.target].level == places[wire.label].level + 1}
    cuts = [level for level in range(1, last, 2) if crossing[level] == 1 and level in ends]
    most = min(len(cuts) + 1, _column_count(total, max(widths))) if total > tall else 1
    for count in range(most, 1, -1):
        columns: list[range] = []
        start, used, highest = 0, 0.0, 0.0
        for level in range(last + 1):
            used += heights[level] + LEVEL_GAP
            if level in cuts and len(columns) < count - 1 and used >= total / count - heights[level + 1] / 2:
                columns.append(range(start, level + 1))
                start, used, highest = level + 1, 0.0, max(highest, used)
        if max(highest, used) < UNEVEN * total / count:
            return [*columns, range(start, last + 1)]
    return [range(last + 1)]


def _column_count(height: float, width: float) -> int:
    """So many that the picture is about as a slide is: three high to four wide."""
    return max(1, min(6, round((height / (width + COLUMN_GAP) * 4 / 3) ** 0.5)))


# -- order


def _ordered(places: dict[Key, Place], inside: set[Key], links: Sequence[tuple[Key, Key]]) -> list[list[Key]]:
    """The levels from the top, each in the order with the fewest crossings that was met."""
    above: dict[Key, list[Key]] = {key: [] for key in inside}
    below: dict[Key, list[Key]] = {key: [] for key in inside}
    for a, b in links:
        below[a].append(b)
        above[b].append(a)
    by_level: dict[int, list[Key]] = {}
    for key in sorted(inside):
        by_level.setdefault(places[key].level, []).append(key)
    rows = _depth_first([by_level[level] for level in sorted(by_level)], above)
    at = {key: place for row in rows for place, key in enumerate(row)}
    best, fewest = [list(row) for row in rows], _crossings(rows, below, at)
    for sweep in range(_times(SWEEPS, len(inside))):
        if not fewest:
            break
        neighbours, sequence = (above, rows[1:]) if sweep % 2 == 0 else (below, rows[-2::-1])
        for row in sequence:
            middle = {key: _mean([at[n] for n in neighbours[key]], at[key]) for key in row}
            row.sort(key=middle.__getitem__)
            at.update((key, place) for place, key in enumerate(row))
        for row in rows:
            _swap(row, above, below, at)
        crossings = _crossings(rows, below, at)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _times(wanted: int, size: int) -> int:
    """So many rounds, but fewer over a very large graph."""
    return max(2, min(wanted, WORK // max(size, 1)))


def _depth_first(rows: list[list[Key]], above: dict[Key, list[Key]]) -> list[list[Key]]:
    """A start without needless crossings: as a walk from what is computed last meets them."""
    met: dict[Key, int] = {}
    pending = [key for row in rows for key in reversed(row)]
    while pending:
        key = pending.pop()
        if key not in met:
            met[key] = len(met)
            pending += reversed(above[key])
    return [sorted(row, key=met.__getitem__) for row in rows]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _swap(row: list[Key], above: dict[Key, list[Key]], below: dict[Key, list[Key]], at: dict[Key, int]) -> None:
    """Neighbours that cross less the other way round change places."""
    for place in range(len(row) - 1):
        a, b = row[place], row[place + 1]
        here = _pair(a, b, above, at) + _pair(a, b, below, at)
        if here > _pair(b, a, above, at) + _pair(b, a, below, at):
            row[place], row[place + 1] = b, a
            at[a], at[b] = place + 1, place


def _pair(a: Key, b: Key, neighbours: dict[Key, list[Key]], at: dict[Key, int]) -> int:
    return sum(at[m] > at[n] for m in neighbours[a] for n in neighbours[b])


def _crossings(rows: list[list[Key]], below: dict[Key, list[Key]], at: dict[Key, int]) -> int:
    """How many pairs of edges cross: those that end in the other order than they start."""
    total = 0
    for row in rows:
        ends: list[int] = []
        for key in row:
            for end in sorted(at[n] for n in below[key]):
                total += len(ends) - bisect_right(ends, end)
                insort(ends, end)
    return total


# -- coordinates


def _place(places: dict[Key, Place], rows: list[list[Key]], links: Sequence[tuple[Key, Key]], aside: set[Key]) -> None:
    pulls: dict[Key, list[tuple[Key, float]]] = {key: [] for row in rows for key in row}
    for a, b in links:
        weight = WEIGHT[places[a].bend + places[b].bend] * (ASIDE if a in aside or b in aside else 1.0)
        pulls[a].append((b, weight))
        pulls[b].append((a, weight))
    for row in rows:
        _settle(places, row, [0.0] * len(row), [1.0] * len(row))
    settling = _times(SETTLING, len(pulls))
    for sweep in range(settling):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            before = sweep % 2 == 0
            wanted, weights = [], []
            for key in row:
                side = [
                    (places[n].x, w)
                    for n, w in pulls[key]
                    if sweep >= settling // 2 or (places[n].level < places[key].level) == before
                ]
                weight = sum(w for _, w in side)
                wanted.append(sum(x * w for x, w in side) / weight if side else places[key].x)
                weights.append(weight or 0.01)
            _settle(places, row, wanted, weights)


def _settle(places: dict[Key, Place], row: list[Key], wanted: Sequence[float], weights: Sequence[float]) -> None:
    """The positions in order, a gap apart, whose weighted squared distance from those wanted is least."""
    offsets = [0.0]
    for a, b in pairwise(row):
        offsets.append(offsets[-1] + (places[a].width + places[b].width) / 2 + GAP)
    pools: list[list[float]] = []  # of neighbours that touch: their common position, weight and number
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        pools.append([want - offset, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            x, w, n = pools.pop()
            pools[-1] = [(pools[-1][0] * pools[-1][1] + x * w) / (pools[-1][1] + w), pools[-1][1] + w, pools[-1][2] + n]
    positions = [x for x, _, count in pools for _ in range(int(count))]
    for key, position, offset in zip(row, positions, offsets, strict=True):
        places[key].x = position + offset


def _straighten(places: dict[Key, Place], rows: list[list[Key]], wires: Sequence[_Wire]) -> None:
    """A long edge whose label and bends have room for it becomes one upright line."""
    beside = {key: (before, after) for row in rows for before, key, after in _neighbours(row)}
    for wire in wires:
        inner = [key for key in wire.path[1:-1] if key in beside]
        low, high = float("-inf"), float("inf")
        for key in inner:
            before, after = beside[key]
            half = places[key].width / 2 + GAP / 2
            low = max(low, places[before].right + half) if before is not None else low
            high = min(high, places[after].left - half) if after is not None else high
        if len(inner) > 1 and low <= high:
            middle = sum(places[key].x for key in inner) / len(inner)
            for key in inner:
                places[key].x = min(max(middle, low), high)


def _neighbours(row: list[Key]) -> Iterator[tuple[Key | None, Key, Key | None]]:
    yield from zip([None, *row[:-1]], row, [*row[1:], None], strict=True)


def _heights(places: dict[Key, Place], rows: list[list[Key]]) -> None:
    top = 0.0
    for row in rows:
        height = max(places[key].height for key in row)
        for key in row:
            places[key].y = top + height / 2
            if places[key].bend and not places[key].level % 2:
                places[key].height = height  # an edge goes straight through a level of boxes
        top += height + LEVEL_GAP


def _route(places: dict[Key, Place], wire: _Wire, columns: Sequence[range]) -> Route:
    """From the source's lower side through label and bends to the target's upper side."""
    source, target = places[wire.source], places[wire.target]
    label, inner = places[wire.label], [places[key] for key in wire.path[1:-1]]
    column = next(column for column in columns if source.level in column)
    start = (_clamped(label.x, source), source.bottom)
    if target.level in column:
        end = (_clamped(inner[-1].x, target), target.top)
        bends = [
            (place.x, y) for place in inner for y in ((place.top, place.bottom) if place.level % 2 == 0 else (place.y,))
        ]
        return Route([start, *bends, end], (label.x, label.y))
    # to the next column: down, up between the two, and in from above
    beside = max(place.right for place in places.values() if place.level in column) + COLUMN_GAP / 2
    low, high = label.bottom + LEVEL_GAP / 2, -LEVEL_GAP
    corners = [(start[0], low), (beside, low), (beside, high), (target.x, high)]
    return Route([start, *corners, (target.x, target.top)], (start[0], label.y), over=True)


def _clamped(x: float, box: Place) -> float:
    margin = min(14.0, box.width / 2)
    return min(max(x, box.left + margin), box.right - margin)


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
