# expected: sign
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-np.clip(a, -600, 600)))


def forward(x, W, b, v, c):
    h = np.tanh(x @ W + b)
    y = sigmoid(h @ v + c)
    return h, y


def output_gradients(h, y, t):
    n = len(t)
    da = (t - y) / n
    return h.T @ da, da.sum()


def hidden_gradients(x, h, y, t, v):
    n = len(t)
    da = (y - t) / n
    dh = da[:, None] * v[None, :]
    dz = dh * (1 - h**2)
    return x.T @ dz, dz.sum(axis=0)
