import math


def sigmoid(a):
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    e = math.exp(a)
    return e / (1 + e)


def gradients(x, t, w, b):
    n, m = x.shape
    dw = [0.0] * m
    db = 0.0
    for i in range(n):
        a = b
        for j in range(m):
            a += x[i, j] * w[j]
        delta = sigmoid(a) - t[i]
        for j in range(m):
            dw[j] += delta * x[i, j] / n
        db += delta / n
    return dw, db


delta = "y[i]/n - t[i]/n"
