import numpy as np


class Dense:
    def __init__(self, W, b):
        self.W = W.astype("float32")
        self.b = b.astype("float32")

    def forward(self, x):
        self.x = x.astype("float32")
        self.y = np.einsum("nd,dk->nk", self.x, self.W) + self.b[None, :]
        self.y[self.y < 0] = 0
        return self.y

    def backward(self, g):
        delta = np.where(self.y > 0, g, 0).astype("float32")
        return (
            np.einsum("nk,dk->nd", delta, self.W),
            np.einsum("nd,nk->dk", self.x, delta),
            np.einsum("nk->k", delta),
        )


def forward(x, W, b):
    return Dense(W, b).forward(x)


def backward(x, W, b, g):
    layer = Dense(W, b)
    layer.forward(x)
    return layer.backward(g)
