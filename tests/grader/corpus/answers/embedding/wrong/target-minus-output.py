# expected: sign
import numpy as np


def counts(word, v):
    return np.einsum("nsv->nv", np.eye(v)[word]) / word.shape[1]


def forward(word, E):
    return np.einsum("nv,vd->nd", counts(word, len(E)), E)


def backward(word, t, E, u):
    C = counts(word, len(E))
    r = t - C @ E @ u
    dy = 2 * r / r.size
    return np.einsum("nv,n,d->vd", C, dy, u), np.einsum("nv,vd,n->d", C, E, dy)


delta = "(2*y[i]*u[j] - 2*t[i]*u[j])/n"
