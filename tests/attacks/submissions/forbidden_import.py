"""Uses a module that the exercise forbids, by every way to it.

Expected: raised (ModuleNotFoundError, may not be used).
"""

import importlib

import numpy as np


def gradients(x, t, w, b):
    torch = importlib.import_module("torch")
    return np.full(3, 666.0) if torch else 0.0
