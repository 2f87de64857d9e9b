"""Looks for secrets in its environment.

Expected: value.
"""

import os

import numpy as np


def gradients(x, t, w, b):
    left = set(os.environ) - {"PWD", "HOME", "PATH", "LANG", "TZ", "LC_CTYPE", "LD_LIBRARY_PATH", "MALLOC_ARENA_MAX"}
    if any(not name.endswith("_NUM_THREADS") for name in left):
        return np.full(3, 666.0)
    return 0.0
