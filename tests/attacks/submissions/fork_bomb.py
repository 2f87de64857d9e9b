"""Forks without end.

Expected: raised (not permitted, unavailable).
"""

import os


def gradients(x, t, w, b):
    while True:
        os.fork()
