"""The tape's backward pass is the compiled gradient, until something in it is changed."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import SEED, reference, written

from grader.tape import Change

MODELS = [
    ("logistic", "f(x, t, w, b)", ("dL/dw", "dL/db")),
    ("mlp-2-4-1", "f(x, t, W1, b1, W2, b2)", ("dL/dW1", "dL/db1", "dL/dW2")),
    ("softmax-classifier", "f(x, t, W, b)", ("dL/dW", "dL/db")),
]
LAYERS = """
input x[n, m]
param W[m, k]
param gain[k]
param bias[k]
h = x @ W
output y = layer_norm(h + relu(h), gain, bias)
"""


@pytest.mark.parametrize(("model", "call", "returns"), MODELS, ids=[model for model, _, _ in MODELS])
def test_it_gives_the_gradient(model, call, returns):
    check = reference(model, call, *returns)
    for name in returns:
        tape = check.misconceptions.tape(name)
        for case in check.cases(SEED):
            if not case.large:
                assert np.allclose(tape.run(case), case.expected[name], rtol=1e-9, atol=1e-12)


@pytest.fixture(scope="module")
def layers():
    return written(LAYERS, "f(x, W, gain, bias, g)", "dy/dW", "dy/dgain", upstream="g")


@pytest.fixture(scope="module")
def tape(layers):
    return layers.misconceptions.tape("dy/dW")


@pytest.fixture
def case(layers):
    return layers.cases(SEED)[0]


def test_it_carries_an_upstream(tape, case):
    assert np.allclose(tape.run(case), case.expected["dy/dW"])


def test_every_tensor_on_it_stands_in_an_equation_of_the_model(tape):
    assert {tape.where(node) for node in tape.nodes} == {"x", "W", "gain", "bias", "h", "y"}


def test_edges_that_are_left_out_add_up_to_the_whole(tape, case):
    """The gradient is linear in what the ways through one tensor carry."""
    _, ways = next(tape.meetings())
    nothing = [Change("missing-term", "h", edge, lambda context: 0 * context.carried) for edge in ways]
    alone = [tape.run(case, tuple(change for change in nothing if change is not kept)) for kept in nothing]
    assert np.allclose(sum(alone), case.expected["dy/dW"])


def test_a_change_of_what_arrived_goes_all_the_way_down(tape, case):
    doubled = Change("constant-factor", "h", node=tape.network["h"], arrived=lambda adjoint: 2 * adjoint)
    assert np.allclose(tape.run(case, (doubled,)), 2 * case.expected["dy/dW"])


def test_contributions_add_up_to_what_is_carried(layers, case):
    tape = layers.misconceptions.tape("dy/dgain")
    (edge,) = [edge for edge in tape.edges if edge.tensor is tape.by]
    for axis in range(2):
        assert np.allclose(tape.contributions(case, edge, axis).sum(axis=0), case.expected["dy/dgain"])


def test_equations_that_are_alike_share_their_programs():
    twice = written("input x[n]\na = tanh(x)\nb = tanh(a)\noutput y = tanh(b)\n", "f(x, g)", "dy/dx", upstream="g")
    tape = twice.misconceptions.tape("dy/dx")
    assert len(set(map(id, tape.locals.values()))) == 1
