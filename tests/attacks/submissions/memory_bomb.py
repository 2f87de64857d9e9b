"""Fills the memory of the machine.

Expected: memory.
"""

import numpy as np


def gradients(x, t, w, b):
    kept = []
    while True:
        kept.append(np.ones(1 << 22))
