import numpy as np

RATE = 0.1


class Momentum:
    def __init__(self, v, momentum=0.9):
        self.v, self.momentum = v.copy(), momentum

    def step(self, p, g):
        self.v *= self.momentum
        self.v += g
        return p - RATE * self.v


class Adam:
    def __init__(self, m, s, beta1=0.9, beta2=0.999, eps=1e-8):
        self.m, self.s = m.copy(), s.copy()
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def step(self, p, g, t):
        self.m += (1 - self.beta1) * (g - self.m)
        self.s += (1 - self.beta2) * (g**2 - self.s)
        rate = RATE * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        return p - rate * self.m / (np.sqrt(self.s) + self.eps * np.sqrt(1 - self.beta2**t))


def momentum_step(p, g, v):
    optimiser = Momentum(v)
    return optimiser.step(p, g), optimiser.v


def adam_step(p, g, m, s, t):
    optimiser = Adam(m, s)
    return optimiser.step(p, g, t), optimiser.m, optimiser.s
