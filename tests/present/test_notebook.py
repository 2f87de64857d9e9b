"""What a notebook shows of a derivation, a network and a tensor."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

import graphc as gc
from graphc.language.errors import GraphcError
from graphc.present.derived.shown import derive
from graphc.present.notebook import drawn, drawn_node


def neuron() -> tuple[gc.Network, object, object]:
    x, t = gc.input("x", ("n", 2)), gc.input("t", ("n", 1))
    W, b = gc.param("W", (2, 1)), gc.param("b", (1,))
    loss = gc.mean(gc.binary_cross_entropy(gc.sigma(x @ W + b), t))
    return loss, W, b


def test_a_derivation_has_steps_a_result_and_every_form() -> None:
    found = derive(gc.load("logistic"), wrt=["w"])
    assert list(found.result) == ["dL/dw"]
    assert found.steps[0].id
    assert "∂L/∂w" in found.text()
    assert found.html().startswith("<!DOCTYPE html>")
    assert repr(found) == f"<derivation of dL/dw in {len(found.steps)} steps>"
    assert str(found) == found.text()


def test_nodes_made_in_python_are_derived() -> None:
    loss, W, b = neuron()
    found = derive(loss, wrt=[W, b])
    assert len(found.result) == 2
    assert list(derive(loss).result) == list(found.result)
    assert list(derive(loss, W).result) == list(found.result)[:1]


@pytest.mark.parametrize(
    ("given", "wrt", "said"),
    [
        ("L", None, "what is differentiated must be a tensor"),
        (gc.load("pool-slide"), None, "has no loss"),
        (gc.load("logistic"), [3.0], "what to differentiate by must be a tensor"),
        (gc.load("logistic"), ["v"], "has no tensor `v`"),
        (gc.load("logistic"), [], "nothing is said to differentiate by"),
    ],
)
def test_what_cannot_be_derived_is_said(given: object, wrt: object, said: str) -> None:
    with pytest.raises(GraphcError, match=said):
        derive(given, wrt)  # type: ignore[arg-type]


def test_there_are_three_zooms() -> None:
    with pytest.raises(GraphcError, match="there is no zoom `near`"):
        derive(gc.load("logistic")).text("near")  # type: ignore[arg-type]


def test_a_fragment_runs_nothing_and_each_has_places_of_its_own() -> None:
    found = derive(gc.load("logistic"), "w")
    first, second = found._repr_html_(), found._repr_html_()
    assert "<script" not in first
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r'href="#([^"]+)"', first)) <= ids[0]


def test_every_rule_of_a_fragment_holds_within_it_only() -> None:
    style = re.search(r"<style>(.*?)</style>", derive(gc.load("logistic"), "w")._repr_html_(), re.DOTALL)
    assert style is not None
    rules, depth, start = [], 0, 0
    for place, letter in enumerate(
        re.sub(r"/\*.*?\*/", lambda comment: " " * len(comment[0]), style[1], flags=re.DOTALL)
    ):
        if letter == "{" and depth == 0:
            rules.append(style[1][start:place])
        depth += (letter == "{") - (letter == "}")
        start = place + 1 if depth == 0 and letter == "}" else start
    selectors = [re.sub(r"/\*.*?\*/", "", rule, flags=re.DOTALL).strip() for rule in rules]
    assert selectors
    assert [rule for rule in selectors if not rule.startswith((".graphc", "@media screen"))] == []


def test_networks_and_tensors_are_drawn() -> None:
    net = gc.load("logistic")
    loss, _, _ = neuron()
    for shown in (net, net["y"], loss):
        root = ElementTree.fromstring(shown._repr_svg_())
        assert root.get("class") == "graphc-picture"
    assert drawn(net).count("<style>.graphc-picture {") == 1


def test_what_cannot_be_drawn_is_left_to_its_text() -> None:
    one, two = gc.input("x", ("n",)), gc.input("x", ("m",))
    assert drawn_node(gc.sum(one) + gc.sum(two)) is None
