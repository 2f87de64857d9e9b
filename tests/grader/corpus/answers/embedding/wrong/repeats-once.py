# expected: missing-sum
import numpy as np


def forward(word, E):
    return E[word].mean(axis=1)


def backward(word, t, E, u):
    n, s = word.shape
    h = E[word].mean(axis=1)
    y = h @ u
    dy = 2 * (y - t) / n
    du = h.T @ dy
    dh = np.outer(dy, u)
    dE = np.zeros_like(E)
    for k in range(s):
        dE[word[:, k]] += dh / s
    return dE, du


delta = "2*(y[i] - t[i])*u[j]/n"
