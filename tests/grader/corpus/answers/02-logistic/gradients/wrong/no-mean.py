# expected: missing-mean
import numpy as np


def sigma(a):
    return 1 / (1 + np.exp(-np.clip(a, -500, 500)))


def gradients(x, t, w, b):
    a = x @ w + b
    y = sigma(a)
    da = y - t
    dw = x.T @ da
    db = np.sum(da)
    return dw, db


delta = "(y[i] - t[i])/n"
