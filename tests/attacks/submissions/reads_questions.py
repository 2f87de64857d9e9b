"""Takes the questions off the pipe before the worker sees them.

Expected: timeout, died.
Seconds: 0.5.
"""

import os


def gradients(x, t, w, b):
    while True:
        os.read(3, 1 << 20)
