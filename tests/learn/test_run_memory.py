"""Training from files that are larger than what is kept in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

NET = """
input x[n, 32]
input t[n, 1] : in {0, 1}
param W[32, 4]
param V[4, 1]
output y = sigma(tanh(x @ W) @ V)
loss L = mean(binary_cross_entropy(y, t))
"""
LEARNER = """
import json, re, sys
from graphc.learn.plan import Plan
from graphc.learn.train import train
trained = train(open(sys.argv[1]).read(), "net", Plan("net", sys.argv[2], epochs=1, batch_size=500), sys.argv[3])
most = re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())  # its own, and not of who started it
print(json.dumps([trained.metrics["val_accuracy"], int(most[1])]))
"""


def write(folder: Path, rows: int) -> None:
    folder.mkdir()
    random = np.random.default_rng(0)
    x = np.lib.format.open_memmap(folder / "x.npy", "w+", np.float32, (rows, 32))
    t = np.lib.format.open_memmap(folder / "t.npy", "w+", np.float32, (rows, 1))
    for start in range(0, rows, 10_000):
        x[start : start + 10_000] = random.normal(size=(10_000, 32))
        t[start : start + 10_000] = x[start : start + 10_000, :1] > 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the peak of a process")
def test_a_million_rows_are_learnt_from_in_little_memory(tmp_path):
    (tmp_path / "net.net").write_text(NET)
    found = {}
    for rows in (20_000, 1_000_000):
        write(tmp_path / str(rows), rows)
        command = [
            sys.executable,
            "-c",
            LEARNER,
            *(str(tmp_path / name) for name in ("net.net", f"{rows}", f"r{rows}")),
        ]
        done = subprocess.run(command, check=True, timeout=200, stdout=subprocess.PIPE, text=True)
        found[rows] = json.loads(done.stdout)
    assert found[1_000_000][0] > 0.95
    # the arrays have 132 MB; what grows with the rows is their numbers, in two parts
    assert found[1_000_000][1] - found[20_000][1] < 60 * 1024
