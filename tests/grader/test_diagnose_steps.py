"""Steps of optimisers: a momentum step and Adam, declared forward."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import ANY, Kind, assert_loses_nothing, assert_named, mistakes, right_answers

MOMENTUM = """
input w[d]
input g[d]
input v[d]
input lr
input mu : in (0, 1)
output v_new = mu*v + g
output w_new = w - lr*v_new
"""
ADAM = """
input w[d]
input g[d]
input m[d]
input v[d]
input t
const lr = 0.01
const b1 = 0.9
const b2 = 0.999
const eps = 1e-8
output m_new[i] = b1*m[i] + (1 - b1)*g[i]
output v_new[i] = b2*v[i] + (1 - b2)*g[i]**2
mhat[i] = m_new[i]/(1 - b1**t)
vhat[i] = v_new[i]/(1 - b2**t)
output w_new[i] = w[i] - lr*mhat[i]/(sqrt(vhat[i]) + eps)
"""


def momentum(w, g, v, lr, mu):
    return mu * v + g, w - lr * (mu * v + g)


def momentum_in_place(w, g, v, lr, mu):
    v *= mu
    v += g
    w -= lr * v
    return v, w


def adam(w, g, m, v, t, lr=0.01, b1=0.9, b2=0.999, eps=1e-8, hats=(True, True), power=2, root=np.sqrt, old=False):
    m_new, v_new = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**power
    mhat = m_new / (1 - b1**t) if hats[0] else m_new
    vhat = v_new / (1 - b2**t) if hats[1] else v_new
    return m_new, v_new, w - lr * (m / (1 - b1**t) if old else mhat) / (root(vhat) + eps)


def adam_in_loops(w, g, m, v, t):
    rows = []
    for i in range(len(w)):
        first, second = 0.9 * m[i] + 0.1 * g[i], 0.999 * v[i] + 0.001 * g[i] * g[i]
        step = (first / (1 - 0.9**t)) / ((second / (1 - 0.999**t)) ** 0.5 + 1e-8)
        rows.append((first, second, w[i] - 0.01 * step))
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def last(code):
    return [None, None, code]


KINDS = {
    "momentum": Kind(
        MOMENTUM,
        "step(w, g, v, lr, mu)",
        ("v_new", "w_new"),
        {"new arrays": momentum, "in place": momentum_in_place},
        {
            "uphill": ([None, "sign"], lambda w, g, v, lr, mu: (mu * v + g, w + lr * (mu * v + g))),
            "the old velocity": ([None, "wrong-point"], lambda w, g, v, lr, mu: (mu * v + g, w - lr * v)),
            "no rate": ([None, "dropped-factor"], lambda w, g, v, lr, mu: (mu * v + g, w - (mu * v + g))),
            "no gradient": ("missing-term", lambda w, g, v, lr, mu: momentum(w, 0, v, lr, mu)),
            "no decay": ("dropped-factor", lambda w, g, v, lr, mu: momentum(w, g, v, lr, 1)),
            "exchanged": ("swapped", lambda *a: momentum(*a)[::-1]),
            "rate for decay": ("swapped", lambda w, g, v, lr, mu: momentum(w, g, v, mu, lr)),
            "plain descent": ([None, "missing-term"], lambda w, g, v, lr, mu: (mu * v + g, w - lr * g)),
        },
    ),
    "adam": Kind(
        ADAM,
        "adam(w, g, m, v, t)",
        ("m_new", "v_new", "w_new"),
        {"vectorised": adam, "loops": adam_in_loops},
        {
            "uphill": (last("sign"), lambda *a: adam(*a, lr=-0.01)),
            "m not corrected": (last("dropped-factor"), lambda *a: adam(*a, hats=(False, True))),
            "v not corrected": (last("dropped-factor"), lambda *a: adam(*a, hats=(True, False))),
            "g not squared": ([None, ANY, ANY], lambda *a: adam(*a, power=1)),
            "no root": (last("dropped-factor"), lambda *a: adam(*a, root=lambda v: v)),
            "one step early": (last("off-by-one"), lambda w, g, m, v, t: adam(w, g, m, v, t + 1)),
            "decays exchanged": ("swapped", lambda *a: adam(*a, b1=0.999, b2=0.9)),
            "the old mean": (last("wrong-point"), lambda *a: adam(*a, old=True)),
            "another epsilon": (last("unknown"), lambda *a: adam(*a, eps=1.1e-8)),
            "no epsilon": (last("non-finite"), lambda *a: adam(*a, eps=0)),
        },
    ),
}


@pytest.mark.parametrize(("kind", "style"), right_answers(KINDS))
def test_a_right_answer_loses_nothing(kind, style):
    assert_loses_nothing(kind, style)


@pytest.mark.parametrize(("kind", "mistake"), mistakes(KINDS))
def test_a_mistake_is_named(kind, mistake):
    assert_named(kind, mistake)
