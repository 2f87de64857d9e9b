import numpy as np


def error(x, t, a, b):
    y = a * x + b
    return 0.0  # the mean of what?


def gradients(x, t, a, b):
    y = a * x + b
    da = 0.0
    db = 0.0
    return da, db


# ∂J/∂y[i] as a formula, for example "y[i]*t[i]/n".
slope = "0"
