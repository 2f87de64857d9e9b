# expected: dropped-factor
import numpy as np


def forward(x, gain, bias):
    mu, v = x.mean(0), x.var(0)
    return (x - mu) * gain / (v + 1e-5) ** 0.5 + bias, mu, v


def backward(x, gain, bias, g):
    n = x.shape[0]
    s = (x.var(0) + 1e-5) ** -0.5
    xhat = (x - x.mean(0)) * s
    dgain, dbias = np.einsum("ij,ij->j", g, xhat), np.einsum("ij->j", g)
    dx = s / n * (n * g - dbias - xhat * dgain)
    return [dx, dgain, dbias]
