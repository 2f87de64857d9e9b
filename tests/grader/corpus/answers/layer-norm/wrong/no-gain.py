# expected: dropped-factor
import numpy as np

EPS = 1e-5


def forward(x, gain, bias):
    mu = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    xhat = (x - mu) / np.sqrt(var + EPS)
    return xhat + bias


def backward(x, gain, bias, g):
    d = x.shape[1]
    mu = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = np.sqrt(var + EPS)
    xhat = (x - mu) / std
    dgain = (g * xhat).sum(axis=0)
    dbias = g.sum(axis=0)
    dxhat = g * gain
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / std
    return dx, dgain, dbias
