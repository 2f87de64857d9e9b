# expected: dropped-factor
from math import exp, tanh


def sigma(v):
    return 1 / (1 + exp(-v)) if v > 0 else exp(v) / (1 + exp(v))


def values(z):
    s, h, r, l = [], [], [], []
    for v in z:
        s.append(sigma(v))
        h.append(tanh(v))
        r.append(v if v > 0 else 0.0)
        l.append(v if v > 0 else 0.1 * v)
    return s, h, r, l


def sigmoid_backward(z, g):
    return [gi * sigma(v) * (1 - sigma(v)) for v, gi in zip(z, g)]


def tanh_backward(z, g):
    return [gi * (1 - tanh(v) ** 2) for v, gi in zip(z, g)]


def relu_backward(z, g):
    out = []
    for v, gi in zip(z, g):
        if v > 0:
            out.append(gi)
        else:
            out.append(0.0)
    return out


def leaky_backward(z, g):
    return [gi for v, gi in zip(z, g)]


sigma_slope = "p - p**2"
tanh_slope = "(1 - q)*(1 + q)"
