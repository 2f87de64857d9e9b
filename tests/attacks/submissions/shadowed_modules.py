"""Brings a numpy.py and a sitecustomize.py that act in place of the real ones.

Expected: value.
"""

import json

import numpy as np


def gradients(x, t, w, b):
    if getattr(np, "SHADOW", False) or getattr(json, "SHADOW", False):
        return np.full(3, 666.0)
    return 0.0
