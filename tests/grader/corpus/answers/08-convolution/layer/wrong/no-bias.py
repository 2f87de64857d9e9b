# expected: missing-term
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def forward(x, k, b):
    windows = sliding_window_view(x, k.shape[1:])
    return np.einsum("ijuv,fuv->fij", windows, k)


def backward(x, k, g):
    o, r, s = k.shape
    dk = np.einsum("ijuv,fij->fuv", sliding_window_view(x, (r, s)), g)
    wide = np.pad(g, ((0, 0), (r - 1, r - 1), (s - 1, s - 1)))
    turned = k[:, ::-1, ::-1]
    dx = np.einsum("fijuv,fuv->ij", sliding_window_view(wide, (r, s), axis=(1, 2)), turned)
    return dk, np.einsum("fij->f", g), dx
