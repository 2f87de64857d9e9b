"""From a cold process to LeNet-5's first gradient: a fresh interpreter each time, imports and compilation included."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from . import contestants
from .table import Row, duration
from .timing import wait_for_quiet


def measure(rounds: int) -> Row:
    """Wall time of whole processes in turns; a first round fills the disk's cache and is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants.present()}
    for turn in range(rounds + 1):
        for name, times in seconds.items():
            wait_for_quiet()
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", __name__, name], check=True, stdout=subprocess.DEVNULL)
            if turn:
                times.append(time.perf_counter() - start)
    cells = {name: f"{duration(median(times))} ({duration(min(times))})" for name, times in seconds.items()}
    ratio = ""
    if "PyTorch eager" in seconds:
        ours, theirs = seconds["graphc"], seconds["PyTorch eager"]
        ratio = f"{median(ours) / median(theirs):.2f} ({min(ours) / min(theirs):.2f})"
    return Row("LeNet-5, cold process to first gradient", cells, ratio, "≤ 1.5 s")


def first_gradient(name: str) -> None:
    """What the fresh process does."""
    from .cases import CASES

    print(contestants.step(name, CASES[-1])()[0])


if __name__ == "__main__":
    first_gradient(sys.argv[1])
