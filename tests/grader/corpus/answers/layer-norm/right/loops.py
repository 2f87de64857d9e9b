import numpy as np


def stats(row):
    d = len(row)
    mu = sum(row) / d
    v = sum((a - mu) ** 2 for a in row) / d
    return mu, v


def forward(x, gain, bias):
    y = np.zeros(x.shape)
    for i, row in enumerate(x):
        mu, v = stats(row)
        for j in range(len(row)):
            y[i, j] = gain[j] * (row[j] - mu) / (v + 1e-5) ** 0.5 + bias[j]
    return y


def backward(x, gain, bias, g):
    n, d = x.shape
    dx = np.zeros((n, d))
    dgain = np.zeros(d)
    dbias = np.zeros(d)
    for i in range(n):
        mu, v = stats(x[i])
        s = (v + 1e-5) ** 0.5
        dv = 0.0
        dmu = 0.0
        for j in range(d):
            dbias[j] += g[i, j]
            dgain[j] += g[i, j] * (x[i, j] - mu) / s
            dv += g[i, j] * gain[j] * (x[i, j] - mu) * -0.5 / s**3
            dmu += -g[i, j] * gain[j] / s
        for j in range(d):
            dx[i, j] = g[i, j] * gain[j] / s + dv * 2 * (x[i, j] - mu) / d + dmu / d
    return dx, dgain, dbias
