# expected: wrong-axis, missing-sum, off-by-one
import numpy as np


def forward(x):
    h, w = x.shape
    y = np.zeros((h // 2, w // 2))
    for i in range(h // 2):
        for j in range(w // 2):
            y[i, j] = max(x[2 * i, 2 * j], x[2 * i, 2 * j + 1])
    return y


def backward(x, g):
    dx = np.zeros(x.shape)
    for i in range(g.shape[0]):
        for j in range(g.shape[1]):
            block = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            u, v = np.unravel_index(np.argmax(block), block.shape)
            dx[2 * i + u, 2 * j + v] = g[i, j]
    return dx
