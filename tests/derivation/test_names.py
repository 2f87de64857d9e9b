"""Tensors may have any name that the language or Python lets them have."""

from __future__ import annotations

import pytest

import graphc as gc
from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation
from graphc.graph.network import read_network
from graphc.graph.node import Leaf
from graphc.graph.size import size
from graphc.language.expression import Source
from graphc.language.parse import parse_net
from graphc.present.derived.text import render


def certified(derivation: Derivation) -> bool:
    return all(step.check is not None and step.check.ok for step in derivation.walk())


def test_a_name_may_end_in_subscript_digits() -> None:
    text = "input x₁[n]\nparam w₁\nŷ[i] = w₁*x₁[i]\nloss L = mean[i](ŷ[i]**2)\n"
    net = read_network(parse_net(Source("a.net", text)), "a")
    assert net.loss is not None
    derivation = derive(net.loss, net.params, net)
    assert certified(derivation)
    assert "∂L/∂w₁" in render(derivation)


@pytest.mark.parametrize("name", ["<b>w;1", "two words", "1st", ""])
def test_a_leaf_whose_name_is_no_word_of_the_language_gets_one(name: str) -> None:
    x, w = Leaf("input", "x", (size("n"), size(3))), Leaf("param", name, (size(3),))
    derivation = derive(gc.mean(gc.sum(x * w, axis=1) ** 2), [w])
    assert certified(derivation)
    assert "param_" in render(derivation)
