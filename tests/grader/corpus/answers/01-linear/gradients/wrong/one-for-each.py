# expected: missing-sum
import numpy as np


def error(x, t, a, b):
    y = a * x + b
    return np.mean((y - t) ** 2)


def gradients(x, t, a, b):
    y = a * x + b
    residual = y - t
    return 2 * residual * x / len(x), 2 * residual / len(x)


slope = "2*y[i]/n - 2*t[i]/n"
