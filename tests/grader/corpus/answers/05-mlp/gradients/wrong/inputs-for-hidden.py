# expected: unknown
import numpy as np


def forward(x, W, b, v, c):
    h = np.tanh(np.einsum("nd,dk->nk", x, W) + b)
    return h, 0.5 * (1 + np.tanh(0.5 * (np.einsum("nk,k->n", h, v) + c)))


def delta(y, t):
    return np.subtract(y, t) / np.size(t)


def output_gradients(h, y, t):
    return np.einsum("n,nk->k", delta(y, t), h), np.einsum("n->", delta(y, t))


def hidden_gradients(x, h, y, t, v):
    dz = np.einsum("n,k,nk->nk", delta(y, t), v, 1 - h * h)
    return np.einsum("nd,nk->dk", x, dz), np.einsum("n->", delta(y, t)) * np.ones(len(v))
