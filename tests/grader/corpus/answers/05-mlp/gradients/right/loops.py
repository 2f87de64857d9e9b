import numpy as np
from math import exp, tanh


def sigma(a):
    return 1 / (1 + exp(-a)) if a > 0 else exp(a) / (1 + exp(a))


def forward(x, W, b, v, c):
    n, k = len(x), len(v)
    h = np.zeros((n, k))
    y = np.zeros(n)
    for i in range(n):
        for j in range(k):
            h[i, j] = tanh(sum(x[i, l] * W[l, j] for l in range(len(W))) + b[j])
        y[i] = sigma(sum(h[i, j] * v[j] for j in range(k)) + c)
    return h, y


def output_gradients(h, y, t):
    n, k = h.shape
    dv = np.zeros(k)
    dc = 0.0
    for i in range(n):
        da = (y[i] - t[i]) / n
        dc += da
        for j in range(k):
            dv[j] += da * h[i, j]
    return dv, dc


def hidden_gradients(x, h, y, t, v):
    n, k = h.shape
    d = x.shape[1]
    dW = np.zeros((d, k))
    db = np.zeros(k)
    for i in range(n):
        da = (y[i] - t[i]) / n
        for j in range(k):
            dz = da * v[j] * (1 - h[i, j] ** 2)
            db[j] += dz
            for l in range(d):
                dW[l, j] += dz * x[i, l]
    return dW, db
