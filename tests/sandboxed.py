"""Workers of this machine for tests, and submissions that compute something simple."""

from __future__ import annotations

import functools
import os
from contextlib import suppress
from pathlib import Path

import pytest

from grader.sandbox import Layers, Workers, probe

_probed = functools.cache(probe)  # a machine stays what it is while its tests run


def layers_or_skip(*without: str) -> Layers:
    """What this machine isolates with. Where nothing does, a test is skipped, or fails if the environment says so."""
    layers = _probed(without)
    if not layers.isolates:
        reason = "; ".join(f"{missing.layer}: {missing.why}" for missing in layers.missing)
        if os.environ.get("GRAPHC_NEEDS_SANDBOX"):
            pytest.fail(f"nothing isolates here, and GRAPHC_NEEDS_SANDBOX says that something must: {reason}")
        pytest.skip(f"nothing isolates here: {reason}")
    return layers


def processes_below(workers: Workers) -> set[int]:
    """Every process that these workers have started and that is not dead yet."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state not in "ZX":
                    children.setdefault(int(parent), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [process for process in children.get(os.getpid(), []) if process in workers.processes]
    while waiting:
        found.add(process := waiting.pop())
        waiting += children.get(process, [])
    return found
