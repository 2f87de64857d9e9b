import numpy as np


def corners(x):
    h, w = x.shape[0] // 2 * 2, x.shape[1] // 2 * 2
    return [x[u:h:2, v:w:2] for u in (0, 1) for v in (0, 1)]


def forward(x):
    return np.maximum.reduce(corners(x))


def backward(x, g):
    y = forward(x)
    dx = np.zeros_like(x)
    taken = np.zeros(y.shape, dtype=bool)
    for corner, target in zip(corners(x), corners(dx)):
        best = (corner == y) & ~taken
        target[best] = g[best]
        taken |= best
    return dx
