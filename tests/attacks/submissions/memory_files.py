"""Fills the memory with files that have no name, and with shared memory.

Expected: raised, memory.
"""

import mmap
import os


def gradients(x, t, w, b):
    try:
        os.memfd_create("hidden")
    except PermissionError:
        kept = []
        while True:
            area = mmap.mmap(-1, 1 << 26)
            area.write(bytes(1 << 26))
            kept.append(area)
