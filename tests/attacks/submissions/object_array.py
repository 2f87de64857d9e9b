"""Returns an array of objects whose conversion runs code.

Expected: no-array.
"""

import numpy as np


class Number:
    def __float__(self):
        raise SystemExit


def gradients(x, t, w, b):
    return np.array([Number(), Number()], dtype=object)
