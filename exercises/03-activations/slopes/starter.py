import numpy as np


def values(z):
    s = 1 / (1 + np.exp(-z))
    h = z
    r = z
    l = z
    return s, h, r, l


def sigmoid_backward(z, g):
    return g


def tanh_backward(z, g):
    return g


def relu_backward(z, g):
    return g


def leaky_backward(z, g):
    return g


# For p = σ(a): dp/da, with p alone. For q = tanh(a): dq/da, with q alone.
sigma_slope = "p"
tanh_slope = "q"
