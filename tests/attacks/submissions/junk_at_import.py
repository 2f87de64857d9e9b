"""Writes what is no message into every pipe while it is imported, so that the worker seems not to have started.

Expected: wire (out of bounds).
"""

import os

for pipe in range(3, 64):
    try:
        os.write(pipe, b"\x00\x00\x00\x3c" + b'{"kind": "value", "passed": true}' * 4)
    except OSError:
        continue


def gradients(x, t, w, b):
    return w
