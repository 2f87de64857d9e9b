import numpy as np


def gradients(x, t, w, b):
    a = x @ w + b
    y = 1 / (1 + np.exp(-a))
    # From here on backward: dL/da first, then dL/dw and dL/db.
    dw = np.zeros_like(w)
    db = 0.0
    return dw, db


# ∂L/∂a[i] as a formula, for example "y[i] * t[i] / n".
delta = "0"
