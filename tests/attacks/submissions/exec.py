"""Becomes another program, which keeps the pipes.

Expected: raised (not permitted, Errno).
"""

import os
import sys


def gradients(x, t, w, b):
    os.execv(sys.executable, [sys.executable, "-c", "while True: pass"])
