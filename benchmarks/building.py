"""How long declaring, differentiating and compiling take, and in how much memory, each in a process of its own.

Imports are done before the clock starts (the cold case counts them), so that a thousand layers are compared with
a hundred and not with SymPy's start. Processor time of the one thread that works, so that what else runs matters less.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from .table import Row, duration
from .timing import wait_for_quiet

WIDTH = 8


def measure(rounds: int) -> list[Row]:
    """Rows for a 60-layer chain, VGG16, and a 1,000-layer chain against a 100-layer one."""
    with tempfile.TemporaryDirectory() as folder:
        chains = {layers: Path(folder) / f"chain{layers}.net" for layers in (60, 100, 1000)}
        for layers, file in chains.items():
            file.write_text(chain(layers), encoding="utf-8")
        runs: dict[str, list[tuple[float, float]]] = {model: [] for model in [*map(str, chains.values()), "vgg16"]}
        for _ in range(rounds):
            for model, pairs in runs.items():
                pairs.append(_build(model))
    typical = {model: (median(s for s, _ in pairs), median(m for _, m in pairs)) for model, pairs in runs.items()}
    sixty, hundred, thousand = (typical[str(file)] for file in chains.values())
    vgg = typical["vgg16"]
    return [
        Row("build a 60-layer tanh chain", {"graphc": duration(sixty[0])}, "", "< 2 s"),
        Row("build VGG16 (13 convolutions, 3 dense)", {"graphc": duration(vgg[0])}, "", "< 10 s"),
        _growth("time", duration(thousand[0]), duration(hundred[0]), thousand[0] / hundred[0]),
        _growth("memory", f"{thousand[1]:.1f} MB", f"{hundred[1]:.1f} MB", thousand[1] / hundred[1]),
    ]


def _growth(what: str, thousand: str, hundred: str, ratio: float) -> Row:
    return Row(f"build 1,000 layers against 100, {what}", {"graphc": f"{thousand} / {hundred}"}, f"{ratio:.1f}", "≤ 12")


def chain(layers: int) -> str:
    """A net of dense tanh layers, one after the other."""
    lines = [f"input h0[n, {WIDTH}]", f"input t[n, {WIDTH}]"]
    lines += [f"param W{layer}[{WIDTH}, {WIDTH}]" for layer in range(1, layers + 1)]
    lines += [f"h{layer} = tanh(h{layer - 1} @ W{layer})" for layer in range(1, layers + 1)]
    lines += [f"output h{layers}", f"loss L = mean(squared_error(h{layers}, t))"]
    return "\n".join(lines) + "\n"


def _build(model: str) -> tuple[float, float]:
    """Seconds and megabytes, from a fresh process."""
    wait_for_quiet()
    found = subprocess.run([sys.executable, "-m", __name__, model], check=True, capture_output=True, text=True)
    seconds, megabytes = found.stdout.split()
    return float(seconds), float(megabytes)


def report(model: str) -> None:
    """What the fresh process does: its growth at the peak is what building needed."""
    import numpy  # noqa: F401
    import sympy  # noqa: F401

    import graphc as gc

    _ = gc.load, gc.grad, gc.compile
    from .ours import gradient_program

    before = peak()
    start = time.process_time()
    gradient_program(model)
    seconds = time.process_time() - start
    print(seconds, (peak() - before) / 1024)


def peak() -> int:
    """The most memory that this process has held, in kB; `getrusage` would count its parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")).group(1))  # type: ignore[union-attr]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    report(sys.argv[1])
