"""Convolution and max pooling, forward and backward."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import Kind, assert_loses_nothing, assert_named, mistakes, right_answers, single

CONVOLUTION = """
input x[n, c, H, W]
param w[o, c, 3, 2]
param b[o]
output y[n,o,p,q] = conv2d(x, w)[n,o,p,q] + b[o]
"""
POOLING = """
input x[n, c, H, W]
output y = max_pool2d(x, 2)
"""


def convolved(x, w):
    H, W = x.shape[2:]
    R, S = w.shape[2:]
    shifted = [(x[:, :, r : r + H - R + 1, s : s + W - S + 1], w[:, :, r, s]) for r in range(R) for s in range(S)]
    return sum(np.einsum("ncpq,oc->nopq", part, element) for part, element in shifted)


def layer(x, w, b):
    return convolved(x, w) + b[:, None, None]


def layer_by_windows(x, w, b):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], (2, 3))
    return np.einsum("ncpqrs,ocrs->nopq", windows, w) + b[None, :, None, None]


def layer_in_loops(x, w, b):
    n, _, H, W = x.shape
    o, _, R, S = w.shape
    y = np.zeros((n, o, H - R + 1, W - S + 1))
    for i, k, p, q in np.ndindex(y.shape):
        y[i, k, p, q] = (x[i, :, p : p + R, q : q + S] * w[k]).sum() + b[k]
    return y


def back(x, w, b, g, add=np.add):
    P, Q = g.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for r, s in np.ndindex(w.shape[2:]):
        place = np.s_[:, :, r : r + P, s : s + Q]
        dw[:, :, r, s] = np.einsum("ncpq,nopq->oc", x[place], g)
        dx[place] = add(dx[place], np.einsum("nopq,oc->ncpq", g, w[:, :, r, s]))
    return dx, dw, g.sum(axis=(0, 2, 3))


def back_in_loops(x, w, b, g):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    R, S = w.shape[2:]
    for i, k, p, q in np.ndindex(g.shape):
        window = np.s_[:, p : p + R, q : q + S]
        dx[i][window] += g[i, k, p, q] * w[k]
        dw[k] += g[i, k, p, q] * x[i][window]
        db[k] += g[i, k, p, q]
    return dx, dw, db


def turned(w):
    return w[:, :, ::-1, ::-1]


def tiles(x):
    n, c, H, W = x.shape
    return x[:, :, : H // 2 * 2, : W // 2 * 2].reshape(n, c, H // 2, 2, W // 2, 2)


def pooled(x):
    return tiles(x).max(axis=(3, 5))


def pooled_in_loops(x):
    n, c, H, W = x.shape
    y = np.empty((n, c, H // 2, W // 2))
    for i, k, p, q in np.ndindex(y.shape):
        y[i, k, p, q] = max(x[i, k, 2 * p + r, 2 * q + s] for r in range(2) for s in range(2))
    return y


def unpooled(x, g, shares):
    """Each upstream number to the window that it came from, in shares."""
    dx = np.zeros_like(x)
    for i, k, p, q in np.ndindex(g.shape):
        window = np.s_[i, k, 2 * p : 2 * p + 2, 2 * q : 2 * q + 2]
        dx[window] += g[i, k, p, q] * shares(x[window])
    return dx


def first(window):
    share = np.zeros(4)
    share[window.argmax()] = 1
    return share.reshape(2, 2)


def last(window):
    return first(window[::-1, ::-1])[::-1, ::-1]


def every(window):
    return (window == window.max()).astype(window.dtype)


def even(window):
    return every(window) / every(window).sum()


KINDS = {
    "convolution": Kind(
        CONVOLUTION,
        "f(x, w, b)",
        ("y",),
        {
            "shifts": layer,
            "windows": layer_by_windows,
            "loops": layer_in_loops,
            "single": single(layer),
        },
        {
            "the kernel turned round": ("flipped-kernel", lambda x, w, b: layer(x, turned(w), b)),
            "turned in one axis": ("flipped-kernel", lambda x, w, b: layer(x, w[:, :, ::-1], b)),
            "no bias": ("missing-term", lambda x, w, b: convolved(x, w)),
            "minus the bias": ("sign", lambda x, w, b: layer(x, w, -b)),
            "a mean": ("extra-mean", lambda x, w, b: convolved(x, w) / w[0].size + b[:, None, None]),
            "one channel": ("missing-sum", lambda x, w, b: layer(x[:, :1], w[:, :1], b)),
            "padded": ("off-by-one", lambda x, w, b: layer(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), w, b)),
            "channels last": ("transpose", lambda x, w, b: layer(x, w, b).transpose(0, 2, 3, 1)),
        },
        slow=frozenset({"the kernel turned round", "turned in one axis", "no bias", "padded"}),
    ),
    "convolution backward": Kind(
        CONVOLUTION,
        "f(x, w, b, g)",
        ("dy/dx", "dy/dw", "dy/db"),
        {"shifts": back, "loops": back_in_loops, "single": single(back)},
        {
            "the kernel turned round": (
                ["flipped-kernel", "flipped-kernel", None],
                lambda x, w, b, g: (back(x, turned(w), b, g)[0], turned(back(x, w, b, g)[1]), g.sum(axis=(0, 2, 3))),
            ),
            "a mean": ("extra-mean", lambda x, w, b, g: tuple(v / len(x) for v in back(x, w, b, g))),
            "no upstream": ("ignored-upstream", lambda x, w, b, g: back(x, w, b, np.ones_like(g))),
            "bias not added up": (
                [None, None, "missing-sum"],
                lambda x, w, b, g: (*back(x, w, b, g)[:2], g.sum(axis=(0, 2))),
            ),
            "negative": ("sign", lambda x, w, b, g: back(x, w, b, -g)),
            "only the first image": (
                "missing-sum",
                lambda x, w, b, g: back(x, w, b, np.concatenate([g[:1], 0 * g[1:]])),
            ),
        },
        "g",
        frozenset({"the kernel turned round"}),
    ),
    "pooling": Kind(
        POOLING,
        "f(x)",
        ("y",),
        {"tiles": pooled, "loops": pooled_in_loops, "single": single(pooled)},
        {
            "the smallest": ("swapped", lambda x: tiles(x).min(axis=(3, 5))),
            "one step apart": (
                "off-by-one",
                lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2), (2, 3)).max(axis=(4, 5)),
            ),
        },
    ),
    "pooling backward": Kind(
        POOLING,
        "f(x, g)",
        ("dy/dx",),
        {
            "the first of a tie": lambda x, g: unpooled(x, g, first),
            "the last of a tie": lambda x, g: unpooled(x, g, last),
            "shared by a tie": lambda x, g: unpooled(x, g, even),
        },
        {
            "once for each of a tie": ("unknown", lambda x, g: unpooled(x, g, every)),
            "no mask": ("dropped-factor", lambda x, g: unpooled(x, g, np.ones_like)),
            "no upstream": ("ignored-upstream", lambda x, g: unpooled(x, np.ones_like(g), first)),
            "a quarter": ("constant-factor", lambda x, g: unpooled(x, g, first) / 4),
            "negative": ("sign", lambda x, g: -unpooled(x, g, first)),
            "of the smallest": ("swapped", lambda x, g: unpooled(-x, g, first)),
        },
        "g",
        frozenset({"no mask", "a quarter", "of the smallest"}),
    ),
}


@pytest.mark.parametrize(("kind", "style"), right_answers(KINDS))
def test_a_right_answer_loses_nothing(kind, style):
    assert_loses_nothing(kind, style)


@pytest.mark.parametrize(("kind", "mistake"), mistakes(KINDS))
def test_a_mistake_is_named(kind, mistake):
    assert_named(kind, mistake)
