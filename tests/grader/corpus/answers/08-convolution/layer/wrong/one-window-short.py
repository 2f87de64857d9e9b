# expected: off-by-one
import numpy as np


def forward(x, k, b):
    o, r, s = k.shape
    H = x.shape[0] - r
    W = x.shape[1] - s
    y = np.zeros((o, H, W))
    for f in range(o):
        for i in range(H):
            for j in range(W):
                y[f, i, j] = b[f]
                for u in range(r):
                    for v in range(s):
                        y[f, i, j] += x[i + u, j + v] * k[f, u, v]
    return y


def backward(x, k, g):
    dk = np.zeros_like(k)
    dx = np.zeros_like(x)
    db = np.zeros(len(k))
    o, H, W = g.shape
    _, r, s = k.shape
    for f in range(o):
        for i in range(H):
            for j in range(W):
                db[f] += g[f, i, j]
                dk[f] += g[f, i, j] * x[i : i + r, j : j + s]
                dx[i : i + r, j : j + s] += g[f, i, j] * k[f]
    return dk, db, dx
