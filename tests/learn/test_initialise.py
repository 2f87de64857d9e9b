"""Values to start from, by the part that a parameter plays in the graph."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphc.graph.network import load, read_network
from graphc.language.build import STARTS
from graphc.language.errors import GraphcError
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.initialise import RULES, initial, roles


def net(text: str):
    return read_network(parse_net(Source("test.net", text)), "test")


def role(text: str, name: str = "w"):
    return next(part for leaf, part in roles(net(text)).items() if leaf.name == name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input x[n,5]\nparam w[5,7]\ny = x @ w", (5, 7)),
        ("input x[n,5]\nparam w[7,5]\ny[n,j] = sum[k](x[n,k]*w[j,k])", (5, 7)),
        ("input x[n,5]\nparam w[5]\ny[n] = sum[k](x[n,k]*w[k])", (5, 1)),
        ("input x[n,3,9,9]\nparam w[8,3,5,5]\ny = conv2d(x, w)", (75, 200)),
        ("input x[n,3,9]\nparam w[8,3,5]\ny = conv1d(x, w, stride=2)", (15, 40)),
        # every place has weights of its own, so places add nothing to the fans
        ("input x[n,3,9]\nparam w[7,8,3,3]\ny[n,o,p] = sum[c,r](x[n,c,p+r]*w[p,o,c,r])", (9, 24)),
        ("input k[n] : integer\nparam w[11,4]\ny[n,d] = w[k[n],d]", (11, 4)),
        ("input x[n,4]\nparam w[4]\nparam b[4]\ny = layer_norm(x, w, b)", "gain"),
        ("input x[n,4]\nparam b[4]\nparam w[4]\ny = layer_norm(x, b, w)", "bias"),
        ("input x[n,3,5,5]\nparam w[3]\nparam b[3]\ny = batch_norm(x, w, b)", "gain"),
        ("input x[n,4]\nparam w[4]\ny = relu(x + w)", "bias"),
        ("input x[n,4]\nparam w[4]\ny = 2*w - x", "bias"),
        ("input x[n,4]\nparam w\ny = relu(x) - w*relu(-x)", "gain"),
        ("input x[n]\nparam w[3]\ny = x", "bias"),
    ],
)
def test_the_part_of_a_parameter_is_read_off_the_graph(text, expected):
    assert role(text) == expected


LAYER = "input x[n,400]\nparam w[400,100]\nparam b[100]\ny = x @ w + b"


@pytest.mark.parametrize(
    ("rule", "spread", "limit"),
    [
        ("glorot", math.sqrt(2 / 500), math.sqrt(6 / 500)),
        ("glorot_normal", math.sqrt(2 / 500), math.inf),
        ("he", math.sqrt(2 / 400), math.inf),
        ("he_uniform", math.sqrt(2 / 400), math.sqrt(6 / 400)),
        ("lecun", math.sqrt(1 / 400), math.inf),
        ("lecun_uniform", math.sqrt(1 / 400), math.sqrt(3 / 400)),
        ("normal", 0.05, math.inf),
    ],
)
def test_weights_spread_by_their_rule_and_biases_are_0(rule, spread, limit):
    values = initial(net(LAYER), 1, rule)
    assert values["w"].std() == pytest.approx(spread, rel=0.02)
    assert abs(values["w"].mean()) < 0.01 * spread * 3
    assert np.abs(values["w"]).max() <= limit
    assert (values["b"] == 0).all()


def test_the_same_seed_gives_the_same_values_and_another_one_others():
    one, two, other = initial(net(LAYER), 1), initial(net(LAYER), 1), initial(net(LAYER), 2)
    np.testing.assert_array_equal(one["w"], two["w"])
    assert (one["w"] != other["w"]).all()


def test_what_one_parameter_gets_does_not_depend_on_the_others():
    more = net(LAYER.replace("param b", "param v[100,2]\nparam b") + "\nz = y @ v")
    np.testing.assert_array_equal(initial(more, 1)["w"], initial(net(LAYER), 1)["w"])


def test_two_layers_of_one_shape_start_differently():
    values = initial(net("input x[n,6]\nparam w[6,6]\nparam v[6,6]\ny = x @ w @ v"))
    assert (values["w"] != values["v"]).all()


def test_a_parameter_may_have_a_rule_a_number_or_an_array_of_its_own():
    values = initial(net(LAYER), own={"w": "he", "b": np.arange(100)})
    assert values["w"].std() == pytest.approx(math.sqrt(2 / 400), rel=0.02)
    np.testing.assert_array_equal(values["b"], np.arange(100))
    assert (initial(net(LAYER), own={"b": 0.5})["b"] == 0.5).all()
    assert initial(net(LAYER), own={"b": "normal"})["b"].std() > 0


def test_free_sizes_are_given_as_numbers():
    with pytest.raises(GraphcError, match="the size `m` of the parameter `w` is not known"):
        initial(load("logistic"))
    assert {name: value.shape for name, value in initial(load("logistic"), sizes={"m": 3}).items()} == {
        "w": (3,),
        "b": (),
    }


def test_what_does_not_fit_is_refused():
    with pytest.raises(GraphcError, match="has no parameter `v`"):
        initial(net(LAYER), own={"v": 1})
    with pytest.raises(GraphcError, match="there is no rule `glorut`"):
        initial(net(LAYER), rule="glorut")
    with pytest.raises(GraphcError, match=r"`b` should start with shape \(100,\), but \(3,\) is given"):
        initial(net(LAYER), own={"b": [1, 2, 3]})


def test_a_deep_network_of_relu_keeps_its_spread_with_he():
    """The variance of the last layer is about that of the first, over thirty layers."""
    lines = ["input x[n,100]"] + [f"param w{k}[100,100]" for k in range(30)]
    lines += [f"h{k + 1} = relu({f'h{k}' if k else 'x'} @ w{k})" for k in range(30)]
    values = initial(net("\n".join(lines)), 3, "he")
    h = np.random.default_rng(0).normal(size=(200, 100))
    for k in range(30):
        h = np.maximum(h @ values[f"w{k}"], 0)
    assert 0.1 < np.sqrt((h**2).mean()) < 10


def test_a_parameter_starts_as_its_declaration_says():
    text = "input x[n,300]\nparam w[300,200] : start(he)\n"
    text += "param s : start(1/4)\nparam c[2] : start(-1)\ny = x @ w*s + sum(c)"
    values = initial(net(text), 3)
    assert values["w"].std() == pytest.approx(math.sqrt(2 / 300), rel=0.02)
    assert values["s"] == 0.25
    assert values["c"].tolist() == [-1, -1]
    assert initial(net(text), 3, own={"s": 2})["s"] == 2


def test_the_rules_of_the_language_are_those_that_there_are():
    assert set(STARTS) == set(RULES)
