import numpy as np


def forward(x):
    return x[0::2, 0::2]


def backward(x, g):
    dx = np.zeros_like(x)
    return dx
