"""Raises its own limits.

Expected: raised (not permitted, not allowed, exceeds).
"""

import resource

import numpy as np


def gradients(x, t, w, b):
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return np.full(3, 666.0)
