"""Interleaved rounds: all contestants in one process take turns, so that a slow minute slows them all.

Each turn waits for a quiet moment. The threads of the library before it spin for some 30 ms after their last product
and would take a core from the next one (PyTorch right after OpenBLAS was twice as slow); so would anything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

PAUSE = 0.1  # seconds that must have been quiet
PATIENCE = 2.0  # seconds after which a turn begins in any case
QUIET = 0.85  # the share of the processors' time that was idle
TURN = 0.02  # seconds of timed calls in a turn
WARM = 3  # calls before the clock starts, in every turn


def turns(steps: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds a call, one figure a round, for each contestant."""
    counts = {name: _calls_in_a_turn(step) for name, step in steps.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    names = list(steps)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            wait_for_quiet()
            for _ in range(WARM):
                steps[name]()
            seconds[name].append(_clock(steps[name], counts[name]))
    return seconds


def wait_for_quiet() -> None:
    """Pause, and go on pausing while somebody else computes."""
    end = time.perf_counter() + PATIENCE
    before = _processor_time()
    while True:
        time.sleep(PAUSE)
        after = _processor_time()
        idle, whole = after[0] - before[0], after[1] - before[1]
        if idle >= QUIET * whole or time.perf_counter() > end:
            return
        before = after


def _processor_time() -> tuple[int, int]:
    """Idle and whole time of all processors, in ticks; nothing, which counts as quiet, where it is not told."""
    try:
        fields = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
    except OSError:
        return 0, 0
    return fields[3], sum(fields[:8])


def _calls_in_a_turn(step: Callable[[], object]) -> int:
    """As many as fill a turn, at least two."""
    for _ in range(WARM):
        step()
    return max(2, int(TURN / max(_clock(step, 2), 1e-6)))


def _clock(step: Callable[[], object], calls: int) -> float:
    """The median of single calls, whoever is timed: a mean would hold every interruption against the shortest step."""
    single = []
    for _ in range(calls):
        start = time.perf_counter()
        step()
        single.append(time.perf_counter() - start)
    return median(single)
