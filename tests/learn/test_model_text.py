"""Models write themselves: the text reads back to the same network, and does not depend on what was made before."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphc as gc
from graphc.graph.network import Network, read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.models import names


def again(model: gc.Model) -> Network:
    return read_network(parse_net(Source("again.net", model.to_net())), model.name)


def check_numbers(model: gc.Model, outputs: list[Any], arrays: dict[str, np.ndarray]) -> None:
    """The model's text computes what the tensors do that it was made from."""
    rng = np.random.default_rng(5)
    written, made = dict(arrays), dict(arrays)
    for name, leaf in model.layer_weights.items():
        made[str(leaf.name)] = written[name] = rng.standard_normal([extent.value or 0 for extent in leaf.extents])
    for one, other in zip(gc.compile(model.outputs)(**written), gc.compile(outputs)(**made), strict=True):
        assert np.allclose(one, other)


def mlp() -> gc.Sequential:
    return gc.Sequential([gc.Dense(4, "relu"), gc.Dense(1, "sigma")], input=(2,))


def test_two_dense_layers_are_written_as_on_a_slide() -> None:
    assert mlp().to_net() == (
        "# model\ninput x[n, 2]\nparam W1[2, 4]\nparam b1[4]\nparam W2[4, 1]\nparam b2[1]\n"
        "h1 = relu(x @ W1 + b1)\noutput y = sigma(h1 @ W2 + b2)\n"
    )


def test_the_text_does_not_depend_on_what_was_made_before() -> None:
    first = mlp().to_net()
    for _ in range(3):
        gc.Dense(7)(gc.input("x", ("n", 2)) * 2)
    assert mlp().to_net() == first


ACTIVATIONS = st.sampled_from([None, "relu", "sigma", "tanh", "prelu", "elu", "f(z) = z*sigma(2*z)"])
FLAT = st.one_of(
    st.builds(gc.Dense, st.integers(1, 4), ACTIVATIONS, bias=st.booleans()),
    st.builds(gc.Dropout, st.sampled_from([0.1, 0.5])),
    st.builds(gc.LayerNorm),
    st.builds(gc.BatchNorm, st.sampled_from([1e-5, 1e-3])),
    st.builds(gc.Activation, st.sampled_from(["softmax", "relu", "prelu"])),
)
IMAGE = st.one_of(
    st.builds(
        gc.Conv2D,
        st.integers(1, 3),
        st.integers(1, 3),
        ACTIVATIONS,
        stride=st.integers(1, 2),
        pad=st.integers(0, 2),
        bias=st.sampled_from([True, False, "each"]),
    ),
    st.builds(gc.LocallyConnected, st.integers(1, 2), st.integers(1, 2), ACTIVATIONS, pad=st.integers(0, 1)),
    st.builds(gc.MaxPool, st.integers(1, 2), st.sampled_from([None, 1])),
    st.builds(gc.AvgPool, st.integers(1, 2)),
    st.builds(gc.Dropout, st.sampled_from([0.25])),
    st.builds(gc.BatchNorm),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(IMAGE, max_size=3), st.lists(FLAT, min_size=1, max_size=3), st.data())
def test_a_printed_model_reads_back_to_the_same_network(image: list[Any], flat: list[Any], data: Any) -> None:
    x = gc.input("x", ("n", 1, 8, 8))
    h: Any = x
    for layer in image:
        if min(h.shape[2:]) >= 3:  # no kernel is larger
            h = layer(h)
    h = gc.Flatten()(h)
    for layer in flat:
        skip = h
        h = layer(h)
        if h.shape == skip.shape and data.draw(st.booleans(), "skip"):
            h = h + skip
        if data.draw(st.booleans(), "branch"):
            h = gc.concat(h, skip, axis=1)
    model = gc.Model(x, h)
    found = again(model)
    assert found.nodes == model.nodes
    assert found.outputs == model.outputs
    check_numbers(model, [h], {"x": np.random.default_rng(1).standard_normal((3, 1, 8, 8))})


def test_the_network_of_a_model_computes_what_its_tensors_do() -> None:
    x, a = gc.input("x", ("n", 2)), gc.input("a", ("n", 3))
    shared = gc.Dense(4, "tanh")
    h = shared(x) + gc.Dense(4)(a)
    out = gc.Dense(2, "softmax")(gc.concat(h, shared(x) * h, axis=1))
    model = gc.Model([x, a], [out, gc.mean(h, axis=1)])
    rng = np.random.default_rng(3)
    arrays = {"x": rng.standard_normal((5, 2)), "a": rng.standard_normal((5, 3))}
    check_numbers(model, [out, gc.mean(h, axis=1)], arrays)


def test_a_layer_that_is_called_twice_has_its_parameters_once() -> None:
    left, right = gc.input("left", ("n", 3)), gc.input("right", ("n", 3))
    embed = gc.Dense(2, "relu")
    model = gc.Model([left, right], gc.sum((embed(left) - embed(right)) ** 2, axis=1))
    assert [leaf.name for leaf in model.params] == ["W1", "b1"]


def test_a_long_chain_of_skips_has_a_short_line_for_each() -> None:
    x = gc.input("x", ("n", 3))
    h: Any = x
    for _ in range(40):
        h = h + gc.Dense(3, "relu")(h)
    lines = gc.Model(x, h).to_net().splitlines()
    assert lines[-1] == "output y[i,j] = z39[i,j] + h40[i,j]"
    assert max(map(len, lines)) < 60


def test_a_dropout_of_tensors_is_written_as_one() -> None:
    x, w = gc.input("x", ("n", 2)), gc.param("w", (2, 4), start="he")
    model = gc.Model(x, gc.Dense(1)(gc.dropout(gc.relu(gc.dropout(x, 0.5) @ w), 1 / 4)))
    text = model.to_net()
    assert "z1 = dropout(x, 0.5)" in text
    assert "z3 = dropout(z2, 0.25)" in text
    assert "param w[2, 4] : start(he)" in text
    assert again(model).nodes == model.nodes
    bare = gc.Model.from_net(Network.of([gc.sum(gc.dropout(x @ w, 0.5))]))
    assert "z2 = dropout(z1, 0.5)" in bare.to_net()
    assert gc.Model.from_net(bare).nodes == bare.nodes


def test_tensors_side_by_side_are_written_as_such() -> None:
    x, a = gc.input("x", ("n", 2)), gc.input("a", ("n", 3))
    model = gc.Model([x, a], gc.Dense(1)(gc.concat(gc.Dense(4)(x), a, gc.relu(a), axis=1)))
    assert "z2 = concat(h1, a, z1, axis=1)" in model.to_net()
    assert again(model).nodes == model.nodes
    rows = gc.Model(x, gc.Dense(1)(gc.concat(x, gc.Dense(2)(x))))
    assert "concat(x, h1, axis=0)" in rows.to_net()
    assert again(rows).nodes == rows.nodes


def test_a_model_says_how_its_parameters_start() -> None:
    layers = [gc.Dense(3, "prelu", start="he"), gc.LayerNorm(), gc.Dense(1, start=-0.5)]
    model = gc.Sequential(layers, input=(2,))
    starts = {str(leaf.name): leaf.start for leaf in again(model).params if leaf.start is not None}
    assert starts == {"W1": "he", "alpha1": Fraction(1, 4), "W3": Fraction(-1, 2)}


def test_outputs_keep_the_order_in_which_they_were_given() -> None:
    x = gc.input("x", ("n", 2))
    hidden = gc.Dense(3, "relu")(x)
    model = gc.Model(x, [gc.Dense(1)(hidden), hidden])
    assert [node.shape[1] for node in model.outputs] == [1, 3]


@pytest.mark.parametrize("name", names())
def test_a_network_as_it_is_becomes_a_model(name: str) -> None:
    net = gc.load(name)
    model = gc.Model.from_net(net)
    assert [node.name for node in model.outputs] == [node.name for node in net.outputs]
    assert list(model.nodes) == list(net.nodes)
    assert gc.Model.from_net(name).nodes == net.nodes


def test_a_network_of_tensors_without_names_becomes_a_model() -> None:
    x, w = gc.input("x", ("n", 2)), gc.param("w", (2,))
    model = gc.Model.from_net(Network.of([x @ w, gc.mean(x @ w)]))
    assert [node.name for node in model.outputs] == ["y1"]
    assert model.loss is model["L"]


def test_names_that_were_chosen_are_kept() -> None:
    x = gc.input("x", ("n", 2))
    hidden = gc.Dense(3, "relu", name="hidden")(x)
    model = gc.Model(x, gc.Dense(1, name="price")(hidden))
    assert [node.name for node in model.outputs] == ["price"]
    assert {"W_hidden", "b_hidden", "hidden", "W_price"} <= set(model.nodes)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x, a: gc.Model(x, gc.Dense(1)(x) + gc.Dense(1)(a)), "the outputs need `a`"),
        (lambda x, a: gc.Model([x, a], gc.Dense(1)(x)), "no output needs the input `a`"),
        (lambda x, a: gc.Model(x, x), "`x` is given, and an output is computed"),
        (lambda x, a: gc.Model(cast("Any", gc.Dense(1)(x)), gc.Dense(1)(x)), "is no input"),
        (lambda x, a: gc.Model(x, gc.Dense(1, name="x")(x)), "`x` is the name of what it reads"),
        (
            lambda x, a: gc.Model([x, a], gc.Dense(1, name="h")(x) + gc.Dense(1, name="h")(a)),
            "two tensors are called `h`",
        ),
        (lambda x, a: gc.Dense(1, name="the last"), "'the last' cannot be a name"),
        (lambda x, a: gc.Sequential([gc.Dense(1), cast("Any", x)], input=(2,)), "is no layer"),
        (lambda x, a: gc.Sequential([], input=(2,)), "a model has at least one layer"),
    ],
)
def test_a_model_that_cannot_be_is_refused_with_the_reason(make: Any, message: str) -> None:
    with pytest.raises(gc.GraphcError) as error:
        make(gc.input("x", ("n", 2)), gc.input("a", ("n", 2)))
    assert message in str(error.value)
