import numpy as np


def pieces(x, k):
    _, r, s = k.shape
    height, width = x.shape[0] - r + 1, x.shape[1] - s + 1
    for u in range(r):
        for v in range(s):
            yield u, v, (slice(u, u + height), slice(v, v + width))


def forward(x, k, b):
    return b[:, None, None] + sum(k[:, u, v, None, None] * x[piece] for u, v, piece in pieces(x, k))


def backward(x, k, g):
    dk, dx = np.zeros_like(k), np.zeros_like(x)
    for u, v, piece in pieces(x, k):
        dk[:, u, v] = (g * x[piece]).sum(axis=(1, 2))
        dx[piece] += (g * k[:, u, v, None, None]).sum(axis=0)
    return dk, g.sum(axis=(1, 2)), dx
