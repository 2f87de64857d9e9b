"""Where things stand: a layered layout, top to bottom, that needs no program installed.

Boxes go on the level of their longest path, and the label of each edge is a small box on a level between. Where an
edge is longer, it passes through points on the levels that it crosses. Sweeps order each level by the barycentre of
its neighbours; then each level is placed as near to its neighbours as its order and the gaps allow, exactly, by
pooling adjacent violators. So nothing can overlap, and long edges, which weigh most, come out straight.
A tall picture is cut where a single edge crosses, and goes on in a further column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from .coordinates import settle, stack, straighten
from .ordering import ordered
from .places import GAP, LEVEL_GAP, Key, Place, Point, Wire

COLUMN_GAP = 90.0
UNEVEN = 1.35  # how much higher than the average a column may be
TALL = 800.0  # a picture that is higher than this, and than it is wide, is cut into columns


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
        links = [(a, b) for wire in wires for a, b in wire.links if a in inside and b in inside]
        rows = ordered(places, inside, links)
        settle(places, rows, links, aside)
        straighten(places, rows, wires)
        stack(places, rows)
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
) -> list[Wire]:
    wires = []
    for (source, target), (width, height) in zip(edges, labels, strict=True):
        wire = Wire(source, target, len(places), [source])
        for level in range(places[source].level + 1, places[target].level):
            key = len(places)
            first = key == wire.label
            places[key] = Place(width if first else 6.0, height if first else 0.0, bend=True, level=level)
            wire.path.append(key)
        wire.path.append(target)
        wires.append(wire)
    return wires


def _aside(places: dict[Key, Place], wires: Sequence[Wire]) -> set[Key]:
    """What is no part of the main line: boxes below the top that nothing leads to, and the labels of their edges."""
    led_to = {wire.target for wire in wires}
    away = {wire.source for wire in wires if wire.source not in led_to and places[wire.source].level}
    return away | {wire.label for wire in wires if wire.source in away}


# -- columns


def _columns(places: dict[Key, Place], wires: Sequence[Wire], tall: float) -> list[range]:
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


def _route(places: dict[Key, Place], wire: Wire, columns: Sequence[range]) -> Route:
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
