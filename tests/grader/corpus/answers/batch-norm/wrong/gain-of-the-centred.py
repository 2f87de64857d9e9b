# expected: dropped-factor, wrong-point
import numpy as np


def forward(x, gain, bias, eps=1e-5):
    mu = np.mean(x, axis=0)
    v = np.mean((x - mu) ** 2, axis=0)
    xhat = (x - mu) / np.sqrt(v + eps)
    y = gain * xhat + bias
    return y, mu, v


def backward(x, gain, bias, g, eps=1e-5):
    n = len(x)
    mu = x.mean(axis=0)
    v = x.var(axis=0)
    std = np.sqrt(v + eps)
    xhat = (x - mu) / std
    dbias = g.sum(axis=0)
    dgain = (g * (x - mu)).sum(axis=0)
    dxhat = g * gain
    dv = (dxhat * (x - mu)).sum(axis=0) * -0.5 * std**-3
    dmu = -dxhat.sum(axis=0) / std
    dx = dxhat / std + dv * 2 * (x - mu) / n + dmu / n
    return dx, dgain, dbias
