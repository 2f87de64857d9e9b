import numpy as np


def forward(x, gain, bias):
    n, d = x.shape
    y, mu, v = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for j in range(d):
        mu[j] = sum(x[:, j]) / n
        v[j] = sum((x[i, j] - mu[j]) ** 2 for i in range(n)) / n
        for i in range(n):
            y[i, j] = gain[j] * (x[i, j] - mu[j]) / np.sqrt(v[j] + 1e-5) + bias[j]
    return y, mu, v


def backward(x, gain, bias, g):
    n, d = x.shape
    dx, dgain, dbias = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    _, mu, v = forward(x, gain, bias)
    for j in range(d):
        s = np.sqrt(v[j] + 1e-5)
        for i in range(n):
            dbias[j] += g[i, j]
            dgain[j] += g[i, j] * (x[i, j] - mu[j]) / s
        for i in range(n):
            xhat = (x[i, j] - mu[j]) / s
            dx[i, j] = gain[j] / s * (g[i, j] - dbias[j] / n - xhat * dgain[j] / n)
    return dx, dgain, dbias
