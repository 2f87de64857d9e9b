# expected: approximate
import numpy as np


def error(x, t, a, b):
    y = a * x + b
    return np.mean((y - t) ** 2)


def gradients(x, t, a, b):
    h = 1e-5
    start = error(x, t, a, b)
    return (error(x, t, a + h, b) - start) / h, (error(x, t, a, b + h) - start) / h


slope = "2*y[i]/n - 2*t[i]/n"
