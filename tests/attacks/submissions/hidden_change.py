"""Changes its arguments and makes the worker say that it did not.

Expected: value, died, raised.
"""

import sys

import numpy as np


def gradients(x, t, w, b):
    sys.modules["grader.worker"]._changed = lambda sent, given: []
    x[...] = 0.0
    return np.zeros(3)
