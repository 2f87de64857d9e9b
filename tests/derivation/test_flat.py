"""A derivative that is 0 because something on the way is flat is not one of what is never read."""

from __future__ import annotations

import json

import pytest

import graphc as gc
from graphc.graph.network import Network, read_network
from graphc.language.parse import parse_net
from graphc.language.source import Source


def net(text: str) -> Network:
    return read_network(parse_net(Source("flat.net", text)), "flat")


def test_the_slide_error_of_a_step_unit_has_a_slope_of_0_and_the_step_is_named():
    perceptron = gc.load("perceptron")
    found = gc.derive(perceptron["E"], wrt=[perceptron["w"]])
    local, whole = found.steps
    assert (local.node, local.conditions) == ("y", ("not at the jump",))
    assert "constant" in local.why
    assert whole.rule == "no slope"
    assert "through `y` alone, which is flat" in whole.why
    assert "Nothing that" not in found.text()
    assert all(step.check is not None and step.check.ok for step in found.steps)
    assert json.loads(found.json())["result"]["dE/dw"]["text"] == "0"


HEAD = "input x[n, 2]\nparam w[2]\nparam v\na = x @ w\n"


@pytest.mark.parametrize(
    ("tail", "flat"),
    [
        ("s = step(a)\nloss E = mean(s) + v", ["s"]),
        ("loss E = mean(step(x @ w)) + v", ["E"]),
        ("s = step(a)\nu = sign(2*a)\nloss E = mean(s*u) + v", ["u", "s"]),
        ("q[i] = where(a[i] > 0, 3, 4)\nloss E = mean(q) + v", ["q"]),
        ("p = softmax(x*w)\nloss E = sum(step(max(p) - p[0,0])) + v", ["E"]),
    ],
)
def test_each_flat_equation_on_the_way_is_a_step(tail, flat):
    network = net(HEAD + tail)
    found = gc.derive(network["E"], wrt=[network["w"]])
    assert [step.node for step in found.steps if step.rule == "flat"] == flat
    assert found.steps[-1].rule == "no slope"
    assert all(step.check is not None and step.check.ok for step in found.steps)


def test_what_is_never_read_is_said_to_be_so():
    network = net(HEAD + "s = step(a)\nloss E = mean(s)")
    found = gc.derive(network["E"], wrt=[network["v"]])
    assert [step.rule for step in found.steps] == ["nothing to do"]


def test_the_delta_rule_is_what_is_left_where_the_step_stands_still():
    perceptron = gc.load("perceptron")
    found = gc.derive(perceptron.loss, wrt=[perceptron["w"]])
    assert found.steps[0].rule == "flat"
    assert json.loads(found.json())["result"]["dL/dw"]["text"] == "mean[i]((y[i] - t[i])*x[i,j])"


def test_a_slope_beside_a_flat_way_is_found_as_ever():
    network = net(HEAD + "loss E = mean(step(a)*a)")
    found = gc.derive(network["E"], wrt=[network["w"]])
    assert "no slope" not in [step.rule for step in found.steps]
    assert any("not at the jump" in step.conditions for step in found.steps)
