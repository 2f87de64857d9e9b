# expected: wrong-dtype, approximate
import numpy as np


def forward(x, k, b):
    o, r, s = k.shape
    H, W = x.shape[0] - r + 1, x.shape[1] - s + 1
    y = np.zeros((o, H, W), dtype=np.float16)
    for u in range(r):
        for v in range(s):
            y += k[:, u, v].reshape(-1, 1, 1) * x[u : u + H, v : v + W]
    return y + b.reshape(-1, 1, 1)


def backward(x, k, g):
    o, r, s = k.shape
    _, H, W = g.shape
    dk = np.zeros(k.shape)
    dx = np.zeros(x.shape)
    for u in range(r):
        for v in range(s):
            dk[:, u, v] = np.sum(g * x[u : u + H, v : v + W], axis=(1, 2))
            dx[u : u + H, v : v + W] += np.tensordot(k[:, u, v], g, axes=1)
    db = g.sum(axis=(1, 2))
    return dk, db, dx
