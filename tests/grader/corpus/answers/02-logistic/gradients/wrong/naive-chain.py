# expected: non-finite, overflow
import numpy as np


def sigma(a):
    return 1 / (1 + np.exp(-a))


def gradients(x, t, w, b):
    a = x @ w + b
    y = sigma(a)
    dy = (-t / y + (1 - t) / (1 - y)) / len(t)
    da = dy * y * (1 - y)
    dw = x.T @ da
    db = np.sum(da)
    return dw, db


delta = "(y[i] - t[i])/n"
