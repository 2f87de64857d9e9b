# expected: sign
import numpy as np


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def loss(z, t):
    z = z - np.max(z, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return np.sum(t * logp) / len(z)


def gradient(z, t):
    p = softmax(z)
    return (p - t) / len(z)


delta = "(p[i,j] - t[i,j])/n"
