"""Stays in one call of C, where no Python signal is handled.

Expected: timeout.
Seconds: 0.5.
"""


def gradients(x, t, w, b):
    return sum(range(10**12))
