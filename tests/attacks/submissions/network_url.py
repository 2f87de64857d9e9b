"""Fetches the answer from the network.

Expected: raised (not permitted, resolution, URLError).
"""

import urllib.request

import numpy as np


def gradients(x, t, w, b):
    urllib.request.urlopen("http://127.0.0.1:47813/answer", timeout=1)
    return np.full(3, 666.0)
