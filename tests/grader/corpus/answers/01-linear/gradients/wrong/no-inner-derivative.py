# expected: dropped-factor
import numpy as np


def error(x, t, a, b):
    y = a * x + b
    return np.mean((y - t) ** 2)


def gradients(x, t, a, b):
    y = a * x + b
    residual = y - t
    return np.mean(2 * residual), np.mean(2 * residual)


slope = "2*y[i]/n - 2*t[i]/n"
