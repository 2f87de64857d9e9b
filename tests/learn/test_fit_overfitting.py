"""A network too large for its data learns them by heart, and each means against it visibly changes that."""

from __future__ import annotations

from functools import cache

import pytest

import graphc as gc
from graphc.graph.network import read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.answers import answers
from graphc.learn.callbacks import EarlyStopping
from graphc.learn.data.catalogue import make
from graphc.learn.data.fit_to import fit_to
from graphc.learn.evaluation import Evaluation
from graphc.learn.fit import fit

NET = """
input x[n, 2]
input t[n, 1] : in {0, 1}
param W[2, 64]
param b[64]
param V[64, 64]
param c[64]
param U[64, 1]
h = relu(x @ W + b)
g = relu(h @ V + c)
output y = sigma(g @ U)
loss L = mean(binary_cross_entropy(y, t))
"""


@cache
def losses(means: str = "nothing") -> tuple[float, float]:
    """That of forty points of two moons that overlap, and that of points which nobody has looked at."""
    text = NET.replace("g @ U", "dropout(g, 0.5) @ U") if means == "dropout" else NET
    net = read_network(parse_net(Source("wide.net", text)), "wide")
    feed = fit_to(net, make("moons", rows=40, noise=0.4))
    assert feed.held_out is not None
    looked_at, unseen = feed.held_out.split(0.5)
    terms = {"L2": [gc.L2(0.01)], "L1": [gc.L1(0.002)]}.get(means, [])
    callbacks = [EarlyStopping(patience=10)] if means == "early stopping" else []
    step = gc.TrainingStep(net, optimizer=gc.Adam(0.01), regularisers=terms)
    fit(step, feed, epochs=150, validation=looked_at, callbacks=callbacks)
    evaluation = Evaluation(net, answers(net, feed))
    return evaluation(step.params, feed)["loss"], evaluation(step.params, unseen)["loss"]


def test_a_network_too_large_learns_by_heart():
    learnt, unseen = losses()
    assert learnt < 0.1
    assert unseen > 2


@pytest.mark.parametrize(("means", "share"), [("dropout", 0.9), ("L2", 0.3), ("L1", 0.4), ("early stopping", 0.3)])
def test_each_means_against_overfitting_helps_with_unseen_points(means, share):
    assert losses(means)[1] < share * losses()[1]
    assert losses(means)[0] > losses()[0]
