"""Writes files wherever it might find them again.

Expected: value.
"""

import os

import numpy as np

FOLDERS = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/home",
    "/python",
    "/site",
    "/site/numpy",
    "/worker",
    "/dev",
    "..",
)


def gradients(x, t, w, b):
    for folder in (*FOLDERS, os.path.dirname(np.__file__), os.path.dirname(os.__file__)):
        try:
            with open(f"{folder}/left-by-an-attack", "w") as file:
                file.write("here")
        except OSError:
            continue
        return np.full(3, 666.0)
    return 0.0
