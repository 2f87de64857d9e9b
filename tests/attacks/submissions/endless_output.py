"""Prints without end.

Expected: died, timeout.
"""


def gradients(x, t, w, b):
    while True:
        print("all work and no play" * 1000)
