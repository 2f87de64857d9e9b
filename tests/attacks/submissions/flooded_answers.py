"""Sends answers without end.

Expected: wire, timeout.
"""

import os


def gradients(x, t, w, b):
    while True:
        os.write(4, b"\xff" * 65536)
