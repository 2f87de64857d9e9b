"""Closes every file of the process and goes on.

Expected: died, timeout.
Seconds: 0.5.
"""

import os


def gradients(x, t, w, b):
    os.closerange(0, 1000)
    while True:
        pass
