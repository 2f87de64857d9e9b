"""Makes links to files outside and reads them.

Expected: value.
"""

import os

import numpy as np


def gradients(x, t, w, b):
    for number, target in enumerate(("/etc/passwd", "/etc/hostname", "/proc/1/environ", "/root", "/work")):
        try:
            os.symlink(target, f"link{number}")
            with open(f"link{number}") as file:
                file.read()
        except OSError:
            continue
        return np.full(3, 666.0)
    return 0.0
