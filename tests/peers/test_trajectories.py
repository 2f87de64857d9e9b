"""A hundred steps of each optimiser beside PyTorch's, in float64, every parameter at every step."""

from __future__ import annotations

import numpy as np
import pytest

from graphc.graph.network import load
from graphc.learn.objective import L1, L2
from graphc.learn.optimizers.optimizer import GD, SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSProp
from graphc.learn.optimizers.pieces import ClipNorm, ClipValue, Cosine, Exponential, StepDecay, Warmup
from graphc.learn.step import TrainingStep

torch = pytest.importorskip("torch")
optim, schedules = torch.optim, torch.optim.lr_scheduler

OPTIMIZERS = [
    (GD(0.5), lambda p: optim.SGD(p, lr=0.5)),
    (SGD(0.1), lambda p: optim.SGD(p, lr=0.1)),
    (SGD(0.1, momentum=0.9), lambda p: optim.SGD(p, lr=0.1, momentum=0.9)),
    (SGD(0.1, momentum=0.9, nesterov=True), lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
    (Adagrad(0.1), lambda p: optim.Adagrad(p, lr=0.1)),
    (Adadelta(1.0), lambda p: optim.Adadelta(p, lr=1.0)),
    (Adadelta(0.5, rho=0.8, eps=1e-5), lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-5)),
    (RMSProp(0.01), lambda p: optim.RMSprop(p, lr=0.01)),
    (Adam(0.02), lambda p: optim.Adam(p, lr=0.02)),
    (Adam(0.02, beta1=0.5, beta2=0.9, eps=1e-3), lambda p: optim.Adam(p, lr=0.02, betas=(0.5, 0.9), eps=1e-3)),
    (AdamW(0.02), lambda p: optim.AdamW(p, lr=0.02)),
    (AdamW(0.02, decay=0.3), lambda p: optim.AdamW(p, lr=0.02, weight_decay=0.3)),
]

RNG = np.random.default_rng(5)
X = RNG.normal(size=(20, 2))
T = (X[:, :1] * X[:, 1:] > 0).astype(float)


def trajectories(ours: Optimizer, theirs, schedule=None, clip=None, their_clip=None, terms=(), their_terms=None):
    """The largest difference over a hundred steps, each with another part of the data."""
    step = TrainingStep(load("mlp-2-4-1"), optimizer=ours, clip=clip, regularisers=terms, dtype="float64", seed=1)
    params = {name: torch.tensor(array.copy(), requires_grad=True) for name, array in step.params.items()}
    optimizer = theirs(list(params.values()))
    rates = schedule(optimizer) if schedule else None
    worst = 0.0
    for k in range(100):
        rows = slice(k % 2 * 10, k % 2 * 10 + 10)
        x, t = torch.tensor(X[rows]), torch.tensor(T[rows])
        h = torch.sigmoid(x @ params["W1"] + params["b1"])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(h @ params["W2"] + params["b2"], t)
        loss = loss + their_terms(params) if their_terms else loss
        optimizer.zero_grad()
        loss.backward()
        if their_clip:
            their_clip(list(params.values()))
        assert step(x=X[rows], t=T[rows]) == pytest.approx(loss.item(), abs=1e-9)
        optimizer.step()
        if rates:
            rates.step()
        worst = max(worst, *(np.abs(step.params[n] - p.detach().numpy()).max() for n, p in params.items()))
    return worst


@pytest.mark.parametrize(
    ("ours", "theirs"), OPTIMIZERS, ids=lambda one: repr(one) if isinstance(one, Optimizer) else ""
)
def test_a_hundred_steps_go_where_those_of_pytorch_go(ours, theirs):
    assert trajectories(ours, theirs) < 1e-6


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (StepDecay(0.5, 30, 0.2), lambda o: schedules.StepLR(o, 30, 0.2)),
        (Exponential(0.5, 0.97), lambda o: schedules.ExponentialLR(o, 0.97)),
        (Cosine(0.5, 60, 0.01), lambda o: schedules.SequentialLR(o, [schedules.CosineAnnealingLR(o, 60, 0.01),
            schedules.ConstantLR(o, 0.02, 10**6)], [60])),
        (Warmup(0.5, 25), lambda o: schedules.LinearLR(o, 1 / 25, 1.0, 24)),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_a_schedule_gives_the_rates_of_pytorch(ours, theirs):
    assert trajectories(SGD(ours, momentum=0.5), lambda p: optim.SGD(p, lr=0.5, momentum=0.5), theirs) < 1e-6


def test_clipping_by_norm_is_that_of_pytorch():
    def clip(params):  # PyTorch's own adds 1e-6 to the norm
        norm = torch.sqrt(sum((p.grad**2).sum() for p in params))
        for p in params:
            p.grad *= min(1.0, 0.05 / norm.item())

    assert trajectories(Adam(0.02), lambda p: optim.Adam(p, lr=0.02), None, ClipNorm(0.05), clip) < 1e-6


def test_clipping_by_value_is_that_of_pytorch():
    ours, theirs = ClipValue(0.01), lambda p: torch.nn.utils.clip_grad_value_(p, 0.01)
    assert trajectories(SGD(0.5), lambda p: optim.SGD(p, lr=0.5), None, ours, theirs) < 1e-6


def test_terms_of_the_loss_are_differentiated_with_it():
    def theirs(params):
        return 0.01 * params["W1"].abs().sum() + 0.02 * (params["W1"] ** 2).sum() + 0.02 * (params["W2"] ** 2).sum()

    terms = [L1(0.01, ("W1",)), L2(0.02)]
    assert trajectories(Adam(0.02), lambda p: optim.Adam(p, lr=0.02), None, None, None, terms, theirs) < 1e-6
