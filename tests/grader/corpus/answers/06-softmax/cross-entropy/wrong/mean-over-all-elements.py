# expected: extra-mean, wrong-axis
import numpy as np


def log_softmax(z):
    return z - np.logaddexp.reduce(z, axis=1, keepdims=True)


def softmax(z):
    return np.exp(log_softmax(z))


def loss(z, t):
    return np.mean(-np.einsum("nk,nk->n", t, log_softmax(z)))


def gradient(z, t):
    return (np.exp(log_softmax(z)) - t) / z.size


delta = "(softmax(z)[i,j] - t[i,j])/n"
