"""Returns an array and changes it from a thread afterwards.

Expected: value.
"""

import threading

import numpy as np

KEPT = np.zeros(3)


def change():
    while True:
        KEPT[:] = KEPT + 1.0


threading.Thread(target=change, daemon=True).start()


def gradients(x, t, w, b):
    return KEPT
