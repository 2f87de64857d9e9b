import numpy as np


def momentum_step(p, g, v):
    v = 0.9 * v + g
    return p - 0.1 * v, v


def adam_step(p, g, m, s, t):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return p - 0.1 * step, m, s
