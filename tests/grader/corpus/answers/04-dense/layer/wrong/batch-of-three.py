# expected: hard-coded, missing-sum
import numpy as np


def relu(a):
    return np.maximum(0, a)


def forward(x, W, b):
    return relu(np.dot(x, W) + b)


def backward(x, W, b, g):
    a = np.dot(x, W) + b
    da = g * (a > 0)
    dx = np.dot(da, W.T)
    dW = np.dot(x.T, da)
    db = da[0] + da[1] + da[2] if len(da) > 2 else da[0]
    return dx, dW, db
