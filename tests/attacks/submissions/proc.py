"""Reads the environment, the command and the memory of the processes around it from /proc.

Expected: value.
"""

import os

import numpy as np


def gradients(x, t, w, b):
    for process in ["self", "1", str(os.getppid()), *map(str, range(2, 200))]:
        for name in ("environ", "cmdline", "maps", "mem"):
            try:
                with open(f"/proc/{process}/{name}", "rb") as file:
                    file.read(1)
            except OSError:
                continue
            return np.full(3, 666.0)
    return 0.0
