# expected: missing-mean
import numpy as np


def forward(word, E):
    n, s = word.shape
    h = np.zeros((n, E.shape[1]))
    for i in range(n):
        for k in range(s):
            h[i] += E[word[i, k]] / s
    return h


def backward(word, t, E, u):
    n, s = word.shape
    h = forward(word, E)
    dE = np.zeros(E.shape)
    du = np.zeros(u.shape)
    for i in range(n):
        dy = 2 * (np.dot(h[i], u) - t[i]) / n
        for j in range(len(u)):
            du[j] += dy * h[i, j]
        for k in range(s):
            dE[word[i, k]] += dy * u
    return dE, du


delta = "2/n*(y[i] - t[i])*u[j]"
