"""Recurs until the stack of C ends.

Expected: raised, died, memory, timeout.
Seconds: 1.
"""

import sys

sys.setrecursionlimit(10**9)


def gradients(x, t, w, b):
    return gradients(x, t, w, b)
