import math


def momentum_step(p, g, v):
    p, v = list(p), list(v)
    for i in range(len(p)):
        v[i] = 0.9 * v[i] + g[i]
        p[i] = p[i] - 0.1 * v[i]
    return p, v


def adam_step(p, g, m, s, t):
    p, m, s = list(p), list(m), list(s)
    for i in range(len(p)):
        m[i] = 0.9 * m[i] + 0.1 * g[i]
        s[i] = 0.999 * s[i] + 0.001 * g[i] * g[i]
        step = (m[i] / (1 - 0.9**t)) / (math.sqrt(s[i] / (1 - 0.999**t)) + 1e-8)
        p[i] -= 0.1 * step
    return p, m, s
