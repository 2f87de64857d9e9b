"""The training steps of cases.py, timed in turns after a check that all contestants compute the same gradients."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import numpy as np

from . import contestants
from .cases import Case
from .table import Row, duration
from .timing import turns


def measure(case: Case, rounds: int) -> Row:
    """One row: medians (best in brackets), the ratio of graphc's median to PyTorch's, and the target."""
    steps = {name: contestants.step(name, case) for name in contestants.present()}
    _agree(case, steps)
    seconds = turns(steps, rounds)
    cells = {name: f"{duration(median(times))} ({duration(min(times))})" for name, times in seconds.items()}
    ratio = ""
    if "PyTorch eager" in seconds:
        ours, theirs = seconds["graphc"], seconds["PyTorch eager"]
        ratio = f"{median(ours) / median(theirs):.2f} ({min(ours) / min(theirs):.2f})"
    return Row(case.title, cells, ratio, f"≤ {case.target:g}")


def _agree(case: Case, steps: dict[str, Callable[[], list]]) -> None:
    """A time counts only for the right numbers."""
    results = {name: [np.asarray(value) for value in step()] for name, step in steps.items()}
    expected = results["graphc"]
    for name, found in results.items():
        for which, ours, theirs in zip(["L", *case.params], expected, found, strict=True):
            scale = float(np.abs(theirs).max()) + 1e-6
            if ours.shape != theirs.shape or float(np.abs(ours - theirs).max()) > 1e-3 * scale:
                raise SystemExit(f"{case.title}: graphc and {name} disagree about the gradient of {which}")
