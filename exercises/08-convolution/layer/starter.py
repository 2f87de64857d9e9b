import numpy as np


def forward(x, k, b):
    o, r, s = k.shape
    h, w = x.shape
    y = np.zeros((o, h - r + 1, w - s + 1))
    for u in range(r):
        for v in range(s):
            y += 0  # which piece of x is multiplied by k[:, u, v]?
    return y


def backward(x, k, g):
    dk = np.zeros_like(k)
    db = np.zeros(len(k))
    dx = np.zeros_like(x)
    return dk, db, dx
