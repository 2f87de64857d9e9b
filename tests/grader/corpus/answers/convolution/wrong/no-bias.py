# expected: missing-term
import numpy as np


def before(x, w, b):
    n, c, H, W = x.shape
    o, _, R, S = w.shape
    P, Q = (H - R) // 2 + 1, (W - S) // 2 + 1
    a = np.zeros((n, o, P, Q))
    for r in range(R):
        for s in range(S):
            a += np.einsum("ncpq,oc->nopq", x[:, :, r : r + 2 * P - 1 : 2, s : s + 2 * Q - 1 : 2], w[:, :, r, s])
    return a + b[None, :, None, None]


def forward(x, w, b):
    return np.maximum(before(x, w, 0 * b), 0)


def backward(x, w, b, g):
    da = g * (before(x, w, b) > 0)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    P, Q = da.shape[2:]
    for r in range(w.shape[2]):
        for s in range(w.shape[3]):
            place = (slice(None), slice(None), slice(r, r + 2 * P - 1, 2), slice(s, s + 2 * Q - 1, 2))
            dw[:, :, r, s] = np.einsum("nopq,ncpq->oc", da, x[place])
            dx[place] += np.einsum("nopq,oc->ncpq", da, w[:, :, r, s])
    return dx, dw, da.sum(axis=(0, 2, 3))
