"""Returns an object that is another array each time it is asked to be one.

Expected: value.
"""

import numpy as np


class Turns:
    times = 0

    def __array__(self, dtype=None, copy=None):
        Turns.times += 1
        return np.full(3, float(Turns.times))


def gradients(x, t, w, b):
    return Turns()
