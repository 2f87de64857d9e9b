"""Raises an error of a hundred megabytes.

Expected: raised.
"""


def gradients(x, t, w, b):
    raise ValueError("x" * 10**8)
