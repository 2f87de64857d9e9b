# expected: approximate
import numpy as np


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def loss(z, t):
    logp = np.log(softmax(z) + 1e-9)
    return -np.sum(t * logp) / len(z)


def gradient(z, t):
    p = softmax(z)
    return (p - t) / len(z)


delta = "(p[i,j] - t[i,j])/n"
