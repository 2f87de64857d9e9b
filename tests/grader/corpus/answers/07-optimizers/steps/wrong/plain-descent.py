# expected: missing-term
import numpy as np


def momentum_step(p, g, v):
    new_v = g
    new_p = p - 0.1 * new_v
    return new_p, new_v


def adam_step(p, g, m, s, t):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat = m / (1 - 0.9**t)
    s_hat = s / (1 - 0.999**t)
    p = p - 0.1 * m_hat / (np.sqrt(s_hat) + 1e-8)
    return p, m, s
