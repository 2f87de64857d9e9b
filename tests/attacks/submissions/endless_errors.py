"""Writes to the standard error behind the interpreter without end.

Expected: died, timeout.
"""

import os


def gradients(x, t, w, b):
    while True:
        os.write(2, b"x" * 65536)
