"""Looks for the processes, files and messages of other submissions.

Expected: value.
"""

import ctypes
import glob

import numpy as np


def readable(path):
    try:
        with open(path, "rb") as file:
            return bool(file.read(1))
    except OSError:
        return False


def gradients(x, t, w, b):
    found = [*glob.glob("/home/*/*"), *glob.glob("/tmp/*/*"), *glob.glob("../*/*")]
    shared = ctypes.CDLL(None).shmget(0x6D61726B, 4096, 0o1777)
    return np.full(3, 666.0) if shared >= 0 or any(map(readable, found)) else 0.0
