import numpy as np


def softmax(z):
    n, k = z.shape
    p = np.zeros((n, k))
    for i in range(n):
        top = max(z[i])
        for j in range(k):
            p[i, j] = np.exp(z[i, j] - top)
        p[i] = p[i] / sum(p[i])
    return p


def loss(z, t):
    total = 0
    for zi, ti in zip(z, t):
        shifted = zi - max(zi)
        right = np.argmax(ti)
        total += np.log(np.exp(shifted).sum()) - shifted[right]
    return total / len(z)


def gradient(z, t):
    d = softmax(z)
    n = len(z)
    for i in range(n):
        d[i, np.argmax(t[i])] -= 1
    return d / n


delta = "p[i,j]/n - t[i,j]/n"
