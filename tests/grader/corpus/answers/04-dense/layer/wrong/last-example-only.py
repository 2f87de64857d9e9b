# expected: missing-sum
import numpy as np


def forward(x, W, b):
    n, d = x.shape
    k = W.shape[1]
    y = np.zeros((n, k))
    for i in range(n):
        for j in range(k):
            a = b[j]
            for l in range(d):
                a += x[i, l] * W[l, j]
            y[i, j] = max(a, 0)
    return y


def backward(x, W, b, g):
    n, d = x.shape
    k = W.shape[1]
    y = forward(x, W, b)
    dx = np.zeros((n, d))
    dW = np.zeros((d, k))
    db = np.zeros(k)
    for i in range(n):
        for j in range(k):
            if y[i, j] > 0:
                db[j] += g[i, j]
                for l in range(d):
                    dW[l, j] = x[i, l] * g[i, j]
                    dx[i, l] += W[l, j] * g[i, j]
    return dx, dW, db
