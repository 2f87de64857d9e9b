# expected: dropped-factor
import numpy as np


def relu(a):
    return np.maximum(0, a)


def forward(x, W, b):
    return np.dot(x, W) + b


def backward(x, W, b, g):
    a = np.dot(x, W) + b
    da = g * (a > 0)
    dx = np.dot(da, W.T)
    dW = np.dot(x.T, da)
    db = np.sum(da, axis=0)
    return dx, dW, db
