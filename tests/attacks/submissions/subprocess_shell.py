"""Starts a shell.

Expected: raised (not permitted, Errno).
"""

import subprocess

import numpy as np


def gradients(x, t, w, b):
    subprocess.run(["/bin/sh", "-c", "id > /tmp/left-by-an-attack"], check=True)
    return np.full(3, 666.0)
