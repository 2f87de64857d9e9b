import numpy as np


def momentum_step(p, g, v):
    p = p - 0.1 * v
    v = 0.9 * v + g
    return p, v


def adam_step(p, g, m, s, t):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g
    p = p - 0.1 * m
    return p, m, s
