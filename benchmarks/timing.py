"""Interleaved rounds: all contestants in one process take turns, so that a slow minute of the machine slows them all.

Before each turn there is a pause: the threads of the library before it spin for some 30 ms after their last product and
would take a core from the next one (PyTorch right after OpenBLAS was twice as slow).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

PAUSE = 0.06
TURN = 0.02  # seconds of timed calls in a turn
WARM = 3  # calls before the clock starts, in every turn


def turns(steps: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds a call, one figure a round, for each contestant."""
    counts = {name: _calls_in_a_turn(step) for name, step in steps.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    names = list(steps)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            time.sleep(PAUSE)
            for _ in range(WARM):
                steps[name]()
            seconds[name].append(_clock(steps[name], counts[name]))
    return seconds


def _calls_in_a_turn(step: Callable[[], object]) -> int:
    """As many as fill a turn, at least two."""
    for _ in range(WARM):
        step()
    return max(2, int(TURN / max(_clock(step, 2), 1e-6)))


def _clock(step: Callable[[], object], calls: int) -> float:
    """The median of single calls where they are long, the mean of many where the clock itself would be seen."""
    if calls > 100:
        start = time.perf_counter()
        for _ in range(calls):
            step()
        return (time.perf_counter() - start) / calls
    single = []
    for _ in range(calls):
        start = time.perf_counter()
        step()
        single.append(time.perf_counter() - start)
    return median(single)
