import numpy as np


def forward(x, W, b):
    return x @ W


def backward(x, W, b, g):
    a = x @ W + b
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    return dx, dW, db
