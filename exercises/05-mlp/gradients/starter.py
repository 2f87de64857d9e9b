import numpy as np


def forward(x, W, b, v, c):
    h = np.tanh(x @ W + b)
    y = h @ v + c
    return h, y


def output_gradients(h, y, t):
    delta = y - t
    return np.zeros(h.shape[1]), 0.0


def hidden_gradients(x, h, y, t, v):
    delta = y - t
    dW = np.zeros((x.shape[1], h.shape[1]))
    db = np.zeros(h.shape[1])
    return dW, db
