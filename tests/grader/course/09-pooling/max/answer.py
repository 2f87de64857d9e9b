import numpy as np


def blocks(x):
    h, w = x.shape[0] // 2, x.shape[1] // 2
    return x[: 2 * h, : 2 * w].reshape(h, 2, w, 2).transpose(0, 2, 1, 3).reshape(h, w, 4)


def forward(x):
    return blocks(x).max(axis=2)


def backward(x, g):
    dx = np.zeros_like(x)
    for (i, j), place in np.ndenumerate(blocks(x).argmax(axis=2)):
        dx[2 * i + place // 2, 2 * j + place % 2] = g[i, j]
    return dx
