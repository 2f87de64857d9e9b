"""Where each box of a level stands: as near to its neighbours above and below as the order and the gaps allow.

For one level that is a weighted least-squares problem in a given order, which pooling adjacent violators solves
exactly; sweeps over the levels do the rest. Nothing can overlap, and long edges, which weigh most, come out straight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .places import GAP, LEVEL_GAP, Key, Place, Wire, rounds

SETTLING = 80
WEIGHT = {0: 1.0, 1: 3.0, 2: 9.0}  # of an edge, by how many of its ends are no boxes: long edges should be straight
ASIDE = 0.01  # the weight of an edge from a box further down that nothing leads to: it stands aside of the main line


def settle(places: dict[Key, Place], rows: list[list[Key]], links: Sequence[tuple[Key, Key]], aside: set[Key]) -> None:
    pulls: dict[Key, list[tuple[Key, float]]] = {key: [] for row in rows for key in row}
    for a, b in links:
        weight = WEIGHT[places[a].bend + places[b].bend] * (ASIDE if a in aside or b in aside else 1.0)
        pulls[a].append((b, weight))
        pulls[b].append((a, weight))
    for row in rows:
        _settle(places, row, [0.0] * len(row), [1.0] * len(row))
    settling = rounds(SETTLING, len(pulls))
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


def straighten(places: dict[Key, Place], rows: list[list[Key]], wires: Sequence[Wire]) -> None:
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


def stack(places: dict[Key, Place], rows: list[list[Key]]) -> None:
    top = 0.0
    for row in rows:
        height = max(places[key].height for key in row)
        for key in row:
            places[key].y = top + height / 2
            if places[key].bend and not places[key].level % 2:
                places[key].height = height  # an edge goes straight through a level of boxes
        top += height + LEVEL_GAP
