# expected: ignored-upstream
import numpy as np


def scores(x, w, b):
    n, c, H, W = x.shape
    o, c, R, S = w.shape
    P = (H - R) // 2 + 1
    Q = (W - S) // 2 + 1
    a = np.zeros((n, o, P, Q))
    for i in range(n):
        for f in range(o):
            for p in range(P):
                for q in range(Q):
                    window = x[i, :, 2 * p : 2 * p + R, 2 * q : 2 * q + S]
                    a[i, f, p, q] = np.sum(window * w[f]) + b[f]
    return a


def forward(x, w, b):
    a = scores(x, w, b)
    a[a < 0] = 0
    return a


def backward(x, w, b, g):
    n, o, P, Q = g.shape
    R, S = w.shape[2:]
    a = scores(x, w, b)
    dx = np.zeros(x.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(b.shape)
    for i in range(n):
        for f in range(o):
            for p in range(P):
                for q in range(Q):
                    if a[i, f, p, q] <= 0:
                        continue
                    delta = 1.0
                    db[f] += delta
                    dw[f] += delta * x[i, :, 2 * p : 2 * p + R, 2 * q : 2 * q + S]
                    dx[i, :, 2 * p : 2 * p + R, 2 * q : 2 * q + S] += delta * w[f]
    return dx, dw, db
