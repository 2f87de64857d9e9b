# expected: wrong-point
import numpy as np


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def values(z):
    s = sigmoid(z)
    h = np.tanh(z)
    r = np.maximum(0, z)
    l = np.maximum(0.1 * z, z)
    return s, h, r, l


def sigmoid_backward(z, g):
    s = sigmoid(z)
    return g * s * (1 - s)


def tanh_backward(z, g):
    h = np.tanh(z)
    return g * (1 - h**2)


def relu_backward(z, g):
    dz = g.copy()
    dz[z <= 0] = 0
    return dz


def leaky_backward(z, g):
    dz = g.copy()
    dz[z < 0] *= 0.1
    return dz


sigma_slope = "sigma(a)*(1 - sigma(a))"
tanh_slope = "1 - a**2"
