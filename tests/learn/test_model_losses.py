"""Losses by name become equations with a target; a loss that does not fit the last layer is said, with what fits."""

from __future__ import annotations

import pytest

import graphc as gc
from graphc.graph.network import Network, read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.model_last_layer import misfits
from graphc.learn.model_losses import ALIASES, LOSSES, Wanted, with_loss
from graphc.models import names


def read(text: str) -> Network:
    return read_network(parse_net(Source("m.net", text)), "m")


def single(activation: str | None, width: int = 1) -> gc.Model:
    return gc.Sequential([gc.Dense(4, "relu"), gc.Dense(width, activation)], input=(2,))


def learning(model: gc.Model, loss: Wanted, weights: dict[str, float] | None = None) -> Network:
    return read(with_loss(model.to_net(), model, loss, weights))


@pytest.mark.parametrize("name", [*LOSSES, *ALIASES])
def test_every_loss_adds_its_target_and_one_number(name: str) -> None:
    net = learning(single("softmax", 3), name)
    assert net.loss is not None
    assert net.loss.name == "L"
    assert {"x", "t"} == {leaf.name for leaf in net.inputs}


@pytest.mark.parametrize(
    ("loss", "declared"),
    [
        ("mse", "input t[n, 3]\n"),
        ("binary_crossentropy", "input t[n, 3] : in {0, 1}\n"),
        ("categorical_crossentropy", "input t[n, 3] : one_hot\n"),
        ("sparse_categorical_crossentropy", "input t[n] : integer\n"),
        ("kl_divergence", "input t[n, 3] : distribution\n"),
    ],
)
def test_the_target_has_the_attribute_that_the_loss_takes(loss: str, declared: str) -> None:
    model = single("softmax", 3)
    assert declared in with_loss(model.to_net(), model, loss)


def test_a_loss_may_be_a_formula_over_the_output_and_its_target() -> None:
    model = single(None)
    assert with_loss(model.to_net(), model, "mean(abs(y - t)**3)").endswith("loss L = mean(abs(y - t)**3)\n")


def two_outputs() -> gc.Model:
    x = gc.input("x", ("n", 3))
    h = gc.Dense(4, "relu")(x)
    return gc.Model(x, [gc.Dense(1, "sigma", name="healthy")(h), gc.Dense(1, name="severity")(h)])


def test_several_outputs_have_a_target_and_a_part_of_the_loss_each() -> None:
    model = two_outputs()
    text = with_loss(model.to_net(), model, ["binary_cross_entropy", "mse"], {"severity": 0.5})
    assert "input t_healthy[n, 1] : in {0, 1}\n" in text
    assert text.endswith("loss L = L_healthy + 0.5*L_severity\n")
    assert [leaf.name for leaf in read(text).inputs] == ["x", "t_healthy", "t_severity"]


def test_an_output_may_go_without_a_loss() -> None:
    net = learning(two_outputs(), {"severity": "mse"})
    assert [leaf.name for leaf in net.inputs] == ["x", "t_severity"]


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ("mes", "there is no loss `mes`"),
        (["mse"], "1 losses are given for 2 outputs"),
        ({"health": "mse"}, "there is no output `health` to have a loss"),
        ({}, "no output has a loss"),
    ],
)
def test_a_loss_that_is_not_there_is_said(loss: Wanted, message: str) -> None:
    model = two_outputs()
    with pytest.raises(gc.GraphcError) as error:
        with_loss(model.to_net(), model, loss)
    assert message in str(error.value)


FITTING = [
    ("sigma", 1, "binary_cross_entropy"),
    ("softmax", 3, "categorical_cross_entropy"),
    ("softmax", 3, "sparse_categorical_cross_entropy"),
    ("sigmoid", 1, "mse"),
    (None, 1, "mse"),
    (None, 1, "binary_cross_entropy_with_logits"),
    (None, 3, "cross_entropy"),
    (None, 1, "hinge"),
]


@pytest.mark.parametrize(("activation", "width", "loss"), FITTING)
def test_the_rows_of_the_lectures_table_pass(activation: str | None, width: int, loss: str) -> None:
    assert misfits(learning(single(activation, width), loss)) == []


@pytest.mark.parametrize(
    ("activation", "width", "loss", "fits"),
    [
        ("softmax", 3, "binary_cross_entropy", "a softmax goes with categorical_cross_entropy"),
        (None, 1, "binary_cross_entropy", "no activation goes with binary_cross_entropy_with_logits"),
        ("relu", 1, "binary_cross_entropy", "that is for two classes: sigma and one neuron"),
        ("sigmoid", 3, "categorical_cross_entropy", "a sigma goes with binary_cross_entropy"),
        ("softmax", 1, "categorical_cross_entropy", "two classes want sigma, one neuron and binary_cross_entropy"),
        ("softmax", 3, "cross_entropy", "a softmax goes with categorical_cross_entropy"),
        ("softmax", 3, "mse", "a softmax goes with categorical_cross_entropy"),
        ("sigma", 1, "binary_cross_entropy_with_logits", "a sigma goes with binary_cross_entropy"),
        ("sigma", 1, "hinge", "a sigma goes with binary_cross_entropy"),
    ],
)
def test_what_does_not_fit_is_said_with_what_fits(activation: str | None, width: int, loss: str, fits: str) -> None:
    (message,) = misfits(learning(single(activation, width), loss))
    assert fits in message
    assert "`y`" in message


def test_each_output_is_looked_at_by_itself() -> None:
    (message,) = misfits(learning(two_outputs(), ["mse", "binary_cross_entropy"]))
    assert message.startswith("`severity` has no activation, and the loss is binary_cross_entropy")


def test_the_activation_is_seen_through_names_and_layers_of_their_own() -> None:
    behind = gc.Sequential([gc.Dense(3), gc.Activation("softmax")], input=(2,))
    assert len(misfits(learning(behind, "binary_cross_entropy"))) == 1
    net = read(
        "input x[n, 2]\ninput t[n]\nparam w[2]\na[i] = sum[j](x[i,j]*w[j])\ny = a\n"
        "loss L = mean[i](binary_cross_entropy(y[i], t[i]))\n"
    )
    assert len(misfits(net)) == 1


@pytest.mark.parametrize("name", names())
def test_no_model_of_the_lectures_is_blamed(name: str) -> None:
    assert misfits(gc.load(name)) == []
