"""Optimisers are texts: what they compute, how they print and are read back, what they refuse."""

from __future__ import annotations

import itertools
import math
from types import FunctionType

import numpy as np
import pytest

import graphc as gc
from graphc.graph.network import read_network
from graphc.language.errors import GraphcError
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.optimizers.formulas import FORMULAS
from graphc.learn.optimizers.optimizer import Optimizer, optimizer

MODEL = "input x[n]\nparam w[3]\nloss L = mean[i](x[i])*sum(w)"  # ∂L/∂w is the mean of x


def steps(made: Optimizer, gradients: list[float], start: float = 1.0, **options) -> list[float]:
    """Where w[0] is after each step, with the gradients given."""
    model = read_network(parse_net(Source("test.net", MODEL)), "test")
    step = gc.TrainingStep(model, optimizer=made, dtype="float64", values={"w": np.full(3, start)}, **options)
    found = []
    for gradient in gradients:
        step(x=[gradient])
        found.append(float(step.params["w"][0]))
    return found


def by_hand(rule, gradients: list[float], start: float = 1.0) -> list[float]:
    """The same, from a generator that takes gradients and gives what is subtracted."""
    subtract = rule()
    next(subtract)
    found = []
    for gradient in gradients:
        start -= subtract.send(gradient)
        next(subtract)
        found.append(start)
    return found


def momentum():
    v = 0.0
    while True:
        v = 0.8 * v + (yield)
        yield 0.1 * v


def nesterov():
    v = 0.0
    while True:
        g = yield
        v = 0.8 * v + g
        yield 0.1 * (g + 0.8 * v)


def adagrad():
    s = 0.0
    while True:
        g = yield
        s += g * g
        yield 0.1 * g / (math.sqrt(s) + 1e-10)


def adadelta():
    s = u = 0.0
    while True:
        g = yield
        s = 0.9 * s + 0.1 * g * g
        change = math.sqrt(u + 1e-6) / math.sqrt(s + 1e-6) * g
        u = 0.9 * u + 0.1 * change * change
        yield 2.0 * change


def rmsprop():
    s = 0.0
    while True:
        g = yield
        s = 0.99 * s + 0.01 * g * g
        yield 0.1 * g / (math.sqrt(s) + 1e-8)


def adam():
    m = v = t = 0.0
    while True:
        g = yield
        t += 1
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        yield 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (gc.SGD(0.1, momentum=0.8), momentum),
        (gc.SGD(0.1, momentum=0.8, nesterov=True), nesterov),
        (gc.Adagrad(0.1), adagrad),
        (gc.Adadelta(2.0), adadelta),
        (gc.RMSProp(0.1), rmsprop),
        (gc.Adam(0.1), adam),
    ],
    ids=lambda given: "by hand" if isinstance(given, FunctionType) else repr(given),
)
def test_an_optimiser_does_what_its_paper_says(made, rule):
    gradients = [1.0, -0.5, 2.0, 0.0, 0.25, 1e-3, -4.0]
    np.testing.assert_allclose(steps(made, gradients), by_hand(rule, gradients), rtol=1e-12)


def test_gradient_descent_and_its_stochastic_form_are_one_formula():
    assert steps(gc.GD(0.5), [1, 2]) == steps(gc.SGD(0.5), [1, 2]) == [0.5, -0.5]


def test_the_weights_of_adamw_decay_by_themselves():
    assert steps(gc.AdamW(0.1, decay=0.5), [0, 0]) == pytest.approx([0.95, 0.95**2])


@pytest.mark.parametrize("name", FORMULAS)
def test_an_optimiser_prints_and_is_read_back(name):
    made = optimizer(name.upper())
    again = Optimizer(made.formulas, made.lr, made.name)
    assert again == made
    gradients = [1.0, -0.5, 2.0]
    assert steps(again, gradients) == steps(made, gradients)
    net = read_network(parse_net(Source("printed.net", str(made))), name)
    assert {f"new_{state}" for state in (*made.states, "p")} <= net.nodes.keys()


@pytest.mark.parametrize("name", FORMULAS)
def test_an_optimiser_is_derived_from_like_any_network(name):
    """∂new_p/∂g at a step of the formulas is what a difference gives."""
    net = optimizer(name).network()
    slope = gc.grad(net["new_p"], net["g"], upstream=gc.input("u", "n"))
    point = {leaf.name: np.full(2, 0.3) if leaf.rank else 2.0 for leaf in net.inputs} | {"u": np.array([1.0, 0.0])}
    f, d = gc.compile(net["new_p"], arguments=net.inputs), gc.compile(slope, arguments=net.inputs)
    up, down = (f(**{**point, "g": np.array([0.3 + h, 0.3])})[0] for h in (1e-6, -1e-6))
    assert d(**point)[0] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-9)


def test_an_optimiser_of_ones_own_is_a_text():
    assert steps(gc.Optimizer("new_p = p - lr*sign(g)", 0.25), [3, -2, 5]) == [0.75, 1.0, 0.75]
    lion = "const beta = 0.9\nnew_m = 0.99*m + 0.01*g\nnew_p = p - lr*sign(beta*m + (1 - beta)*g)"
    assert steps(gc.Optimizer(lion, 0.5), [1, -1, -1]) == [0.5, 1.0, 1.5]


def test_what_is_remembered_need_not_be_used():
    made = gc.Optimizer("new_h = g\nnew_p = p - lr*g", 0.5)
    model = read_network(parse_net(Source("test.net", MODEL)), "test")
    step = gc.TrainingStep(model, optimizer=made)
    step(x=[2.0])
    np.testing.assert_array_equal(step.state["h.w"], [2, 2, 2])


def test_the_step_before_may_be_remembered():
    barzilai = "new_q = p\nnew_h = g\nnew_p = p - lr*(g + h) - 0*q"
    assert steps(gc.Optimizer(barzilai, 0.5), [1, 1, 1]) == [0.5, -0.5, -1.5]


# -- schedules and clipping


def rates(schedule, count: int, **options) -> list[float]:
    """What is subtracted at each step where the gradient is 1."""
    places = [0.0, *steps(gc.SGD(schedule), [1.0] * count, 0.0, **options)]
    return [before - after for before, after in itertools.pairwise(places)]


@pytest.mark.parametrize(
    ("schedule", "rate"),
    [
        (gc.Constant(0.5), lambda t: 0.5),
        (gc.StepDecay(0.5, 3, 0.1), lambda t: 0.5 * 0.1 ** ((t - 1) // 3)),
        (gc.StepDecay(0.5, 2, 0.5, drops=2), lambda t: 0.5 * 0.5 ** min(2, (t - 1) // 2)),
        (gc.Exponential(0.5, 0.9), lambda t: 0.5 * 0.9 ** (t - 1)),
        (gc.Exponential(0.5, 0.5, every=4), lambda t: 0.5 * 0.5 ** ((t - 1) / 4)),
        (gc.Cosine(0.5, 8), lambda t: 0.25 * (1 + math.cos(math.pi * min(1, (t - 1) / 8)))),
        (gc.Cosine(0.5, 8, 0.1), lambda t: 0.1 + 0.2 * (1 + math.cos(math.pi * min(1, (t - 1) / 8)))),
        (gc.Cosine(0.5, 8, warmup=4), lambda t: 0.5 * t / 4 if t <= 4 else
            0.25 * (1 + math.cos(math.pi * min(1, (t - 5) / 4)))),
        (gc.Warmup(0.5, 5), lambda t: 0.5 * min(1, t / 5)),
    ],
    ids=lambda given: "by hand" if isinstance(given, FunctionType) else repr(given),
)  # fmt: skip
def test_a_schedule_gives_the_rate_of_each_step(schedule, rate):
    np.testing.assert_allclose(rates(schedule, 12), [rate(t) for t in range(1, 13)], rtol=1e-9, atol=1e-12)


def test_a_schedule_goes_with_every_optimiser_and_prints():
    made = gc.AdamW(gc.Cosine(0.1, 10, warmup=2))
    assert "lr = where(t <= warmup" in str(made)
    assert len(set(np.round(rates(gc.Warmup(0.5, 5), 5, clip=gc.ClipValue(0.1)), 9))) == 5


def test_values_of_a_gradient_are_clipped_on_both_sides():
    np.testing.assert_allclose(steps(gc.SGD(1.0), [0.2, 7, -7], 0.0, clip=gc.ClipValue(0.5)), [-0.2, -0.7, -0.2])


def test_a_gradient_that_is_too_long_keeps_its_direction():
    model = read_network(parse_net(Source("test.net", "input x[n,4]\nparam w[4]\nloss L = mean(x @ w)")), "test")
    step = gc.TrainingStep(
        model, optimizer=gc.SGD(1.0), clip=gc.ClipNorm(1.0), dtype="float64", values={"w": np.zeros(4)}
    )
    step(x=[[3.0, 0, -4, 0]])
    np.testing.assert_allclose(step.params["w"], [-0.6, 0, 0.8, 0])
    step.params["w"][...] = 0
    step(x=[[0.3, 0, 0, 0]])
    np.testing.assert_allclose(step.params["w"], [-0.3, 0, 0, 0])
    step(x=np.zeros((1, 4)))
    np.testing.assert_allclose(step.params["w"], [-0.3, 0, 0, 0])


# -- what is refused


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizer("adm"), "there is no optimiser `adm`"),
        (lambda: optimizer("sgd", momentum=0.9), "SGD has no `momentum`"),
        (lambda: gc.Adam(beta1=1.0), "the `beta1` of Adam is a number from 0 up to but not including 1, not 1.0"),
        (lambda: gc.Adam(eps=-1), "the `eps` of Adam is a number from 0 up, not -1"),
        (lambda: gc.Adam(-0.1), "a learning rate is a number from 0 up, not -0.1"),
        (lambda: gc.Adam(math.nan), "a learning rate is a number from 0 up, not nan"),
        (lambda: gc.Adam("0.1"), "a learning rate is a number from 0 up, not '0.1'"),
        (lambda: gc.SGD(0.1, nesterov=True), "Nesterov's step needs a momentum"),
        (lambda: gc.Optimizer("p = p - g"), "say what `new_p` is"),
        (lambda: gc.Cosine(0.1, 10, warmup=10), "a warmup of 10 steps leaves nothing of 10"),
        (lambda: gc.ClipNorm(-1), "the `limit` of ClipNorm is a number from 0 up, not -1"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(GraphcError) as caught:
        make()
    assert message in str(caught.value)


def test_what_nobody_gives_is_refused():
    with pytest.raises(GraphcError, match="nobody gives `k` to an optimiser"):
        gc.Optimizer("input k\nnew_p = p - k*g", 0.1).update()


def test_an_error_in_a_formula_shows_its_line():
    with pytest.raises(GraphcError, match="gg"):
        gc.Optimizer("new_p = p - lr*gg", 0.1).update()
