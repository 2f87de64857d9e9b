"""What a function must return is compiled from the model: nodes, derivatives, with an upstream, from any arguments."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import passes, reference, written

import graphc as gc

NET = """
input x[n, m]
input t[n]
param w[m]
const c = 3
a[i] = sum[j](x[i,j]*w[j])
y[i] = tanh(a[i])*c
loss L = mean[i]((y[i] - t[i])**2)
"""


def test_a_node_is_its_value():
    assert passes(written(NET, "f(x, w)", "a"), lambda x, w: x @ w) == {"a": True}


def test_a_derivative_is_the_gradient():
    def function(x, t, w):
        y = 3 * np.tanh(x @ w)
        return x.T @ (2 * (y - t) / len(t) * 3 * (1 - (y / 3) ** 2))

    assert passes(written(NET, "f(x, t, w)", "dL/dw"), function) == {"dL/dw": True}


def test_with_an_upstream_it_is_summed_over_what_is_differentiated():
    found = passes(
        written(NET, "f(x, w, g)", "dy/dw", upstream="g"),
        lambda x, w, g: x.T @ (g * 3 * (1 - np.tanh(x @ w) ** 2)),
    )
    assert found == {"dy/dw": True}


def test_without_one_it_is_the_jacobian():
    found = passes(written(NET, "f(x, w)", "da/dw"), lambda x, w: x)
    assert found == {"da/dw": True}


def test_a_derivative_by_an_inner_node_lets_that_node_move_alone():
    found = passes(written(NET, "f(y, t)", "dL/dy"), lambda y, t: 2 * (y - t) / len(t))
    assert found == {"dL/dy": True}


def test_inner_nodes_and_constants_may_be_arguments():
    found = passes(
        written(NET, "f(x, a, c, g)", "dy/dw", upstream="g"),
        lambda x, a, c, g: x.T @ (g * c * (1 - np.tanh(a) ** 2)),
    )
    assert found == {"dy/dw": True}


def test_an_inner_node_comes_with_the_value_that_the_model_gives_it():
    given = written(NET, "f(a, x, w)", "y")
    for case in given.cases(1):
        assert np.allclose(case.arguments["a"], case.arguments["x"] @ case.arguments["w"])


def test_values_are_in_double_precision_and_of_the_declared_shape():
    case = reference("logistic", "f(x, t, w, b)", "dL/dw", "dL/db", "L").cases(1)[0]
    assert all(value.dtype == np.float64 for value in case.expected.values())
    assert case.expected["L"].shape == ()
    assert case.expected["dL/dw"].shape == case.arguments["w"].shape


def test_derivatives_of_two_tensors_cannot_share_an_upstream():
    with pytest.raises(gc.GraphcError, match="upstream `g`"):
        written(NET, "f(x, w, g)", "dy/dw", "dL/dw", upstream="g")


def test_a_model_that_is_finite_nowhere_is_said_to_be():
    with pytest.raises(gc.GraphcError, match="is finite"):
        written("input x[n]\ny = log(-1 - x**2)\n", "f(x)", "y").cases(1)


def test_a_right_answer_costs_no_mutant(monkeypatch):
    neuron = reference("logistic", "f(x, t, w, b)", "dL/dw")
    passes(neuron, lambda x, t, w, b: x.T @ (1 / (1 + np.exp(-(x @ w + b))) - t) / len(t))
    assert "misconceptions" not in vars(neuron)
