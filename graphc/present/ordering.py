"""The order of each level, so that few edges cross: barycentres in sweeps, then neighbours that change places."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from .places import Key, Place, rounds

SWEEPS = 12


def ordered(places: dict[Key, Place], inside: set[Key], links: Sequence[tuple[Key, Key]]) -> list[list[Key]]:
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
    for sweep in range(rounds(SWEEPS, len(inside))):
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
