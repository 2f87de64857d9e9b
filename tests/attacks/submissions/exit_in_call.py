"""Ends the process with success when it is asked.

Expected: died.
"""

import os


def gradients(x, t, w, b):
    os._exit(0)
