# expected: sign
import numpy as np


class Neuron:
    """Keeps what the backward pass needs."""

    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        a = np.einsum("ij,j->i", x, self.w) - self.b
        self.y = np.exp(-np.logaddexp(0, -a))
        return self.y

    def backward(self, t):
        n = self.x.shape[0]
        da = (self.y - t) / n
        return np.einsum("i,ij->j", da, self.x), da.sum()


def gradients(x, t, w, b):
    neuron = Neuron(w, b)
    neuron.forward(x)
    return neuron.backward(t)


delta = "(sigma(a[i]) - t[i])/n"
