"""Class weights: where they stand in a loss, and what they come to."""

from __future__ import annotations

import numpy as np
import pytest

import graphc as gc
from graphc.graph.network import load
from graphc.graph.text import equation
from graphc.language.errors import GraphcError
from graphc.learn.data.catalogue import make
from graphc.learn.data.dataset import Dataset
from graphc.learn.data.fit_to import fit_to
from graphc.learn.weighting import class_weights, weight_leaf, weighted_loss, with_weights


def test_balanced_weights_make_every_class_count_the_same():
    feed = fit_to(load("neuron"), Dataset.of(np.ones((10, 2)), np.array([[1.0]] * 8 + [[0.0]] * 2)))
    target, numbers = class_weights(feed, "balanced")
    assert target == "t"
    np.testing.assert_allclose(numbers, [10 / (2 * 2), 10 / (2 * 8)])
    column = with_weights(feed, target, weight_leaf(load("neuron"), "t"), numbers).arrays()["weight"]
    np.testing.assert_allclose(column, [0.625] * 8 + [2.5] * 2)


def test_weights_of_one_leave_the_loss_as_it_is_and_others_multiply_its_rows():
    model = load("softmax-classifier")
    x, t = np.random.default_rng(0).normal(size=(6, 4)), np.eye(3)[[0, 1, 2, 0, 1, 0]]
    leaf = weight_leaf(model, "t")
    f = gc.compile([model.loss, weighted_loss(model, "t", leaf)])
    given = {"x": x, "t": t, "W": np.random.default_rng(1).normal(size=(4, 3)), "b": np.zeros(3)}
    plain, same = f(**given, weight=np.ones(6))
    assert same == pytest.approx(plain)
    each = [f(**{**given, "x": x[[k]], "t": t[[k]]}, weight=np.ones(1))[0] for k in range(6)]
    weights = np.arange(6.0)
    assert f(**given, weight=weights)[1] == pytest.approx(np.mean(weights * each))


@pytest.mark.parametrize("name", ["logistic", "neuron", "softmax-classifier", "lenet5", "perceptron"])
def test_the_weight_of_a_row_stands_under_the_sum_of_the_rows(name):
    model = load(name)
    assert "mean[i](" in (text := equation(weighted_loss(model, "t", weight_leaf(model, "t")))) or "mean[i,j](" in text
    assert text.count("weight[i]") == 1


def test_a_network_with_something_called_weight_gets_another_name():
    x, t = gc.input("x", ("n", 2)), gc.input("t", ("n",), "in {0, 1}")
    weight = gc.param("weight", (2,))
    y = gc.sigma(x @ weight)
    net = gc.Network.of([y, gc.mean(gc.binary_cross_entropy(y, t))], names={"y": y})
    assert weight_leaf(net, "t").name == "weight_"


@pytest.mark.parametrize(
    ("given", "said"),
    [("balancd", "`balanced`"), ({"x": 1.0}, "there is no class `x`"), ({"0": -1.0}, "from 0 up")],
)
def test_weights_that_mean_nothing_are_refused(given, said):
    with pytest.raises(GraphcError, match=said):
        class_weights(fit_to(load("neuron"), make("clusters")), given)


def test_numbers_have_no_class_weights():
    with pytest.raises(GraphcError, match="one class for each example"):
        class_weights(fit_to(load("linear"), make("line")), "balanced")
