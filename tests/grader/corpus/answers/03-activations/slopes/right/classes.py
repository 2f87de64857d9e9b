import numpy as np


class Sigmoid:
    def forward(self, z):
        self.s = 0.5 * (1 + np.tanh(0.5 * z))
        return self.s

    def backward(self, g):
        return g * self.s * (1 - self.s)


class Tanh:
    def forward(self, z):
        self.h = np.tanh(z)
        return self.h

    def backward(self, g):
        return g * (1 - self.h * self.h)


class Leaky:
    def __init__(self, slope):
        self.slope = slope

    def forward(self, z):
        self.mask = np.where(z > 0, 1.0, self.slope).astype(np.float32)
        return z * self.mask

    def backward(self, g):
        return g.astype(np.float32) * self.mask


def values(z):
    z = z.astype(np.float32)
    return tuple(layer.forward(z) for layer in (Sigmoid(), Tanh(), Leaky(0.0), Leaky(0.1)))


def through(layer, z, g):
    layer.forward(z)
    return layer.backward(g)


def sigmoid_backward(z, g):
    return through(Sigmoid(), z, g)


def tanh_backward(z, g):
    return through(Tanh(), z, g)


def relu_backward(z, g):
    return through(Leaky(0.0), z, g)


def leaky_backward(z, g):
    return through(Leaky(0.1), z, g)


sigma_slope = "p*(1-p)"
tanh_slope = "1-q*q"
