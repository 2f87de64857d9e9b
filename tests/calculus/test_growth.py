"""Depth costs what it must: ten times the layers are ten times the nodes and about ten times the work."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import numpy as np
import pytest
from reference import evaluate
from texts import net

from graphc.calculus.differentiate import differentiate
from graphc.calculus.prepare import prepare
from graphc.calculus.structure import cost
from graphc.graph.node import Node, order

LAYERS = {
    "weights of its own": "param W{k}[4,4]\nh{new} = tanh(h{k} @ W{k})",
    "shared weights": "h{new} = tanh(h{k} @ V + b)",
    "around each other": "h{new} = h{k} + relu(h{k} @ V)",
    "many uses of each": "h{new} = sigma(h{k}*h{k} + sin(h{k})*h{k})",
}


def chain(layer: str, depth: int) -> str:
    lines = ["input h0[n,4]", "param V[4,4]", "param b[4]"]
    lines += [layer.format(k=k, new=k + 1) for k in range(depth)]
    return "\n".join([*lines, f"loss L = mean(h{depth}**2)"])


def derived(text: str) -> list[Node]:
    loaded = net(text)
    return prepare([loaded["L"], *differentiate(loaded["L"], [*loaded.params, *loaded.inputs])])


@pytest.mark.parametrize("name", LAYERS)
def test_a_deeper_chain_has_proportionally_more_nodes(name: str) -> None:
    short, long = (len(order(derived(chain(LAYERS[name], depth)))) for depth in (10, 100))
    assert long <= 10 * short


def operations_of(work: Callable[[], object]) -> int:
    """Python calls, which other programs on the machine do not disturb."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    # what earlier work left behind is collected before, or its farewells would be counted as calls
    gc.collect()
    gc.disable()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls


@pytest.mark.parametrize("name", LAYERS)
def test_a_deeper_chain_takes_proportionally_more_work(name: str) -> None:
    texts = [chain(LAYERS[name], depth) for depth in (3, 10, 100)]
    loaded = [net(text) for text in texts]
    works = [lambda m=m: differentiate(m["L"], [*m.params, *m.inputs]) for m in loaded]
    works[0]()
    short, long = operations_of(works[1]), operations_of(works[2])
    assert long <= 12 * short


def test_the_derivative_of_a_long_product_grows_in_proportion() -> None:
    def slope(factors: int) -> Node:
        product = "*".join(f"sin(x + {k})" for k in range(factors))
        loaded = net(f"input x[n]\nloss L = sum({product})")
        return differentiate(loaded["L"], loaded.inputs)[0]

    short, long = (cost(slope(factors).body) for factors in (16, 128))  # type: ignore[attr-defined]
    assert long <= 16 * short
    (found,) = evaluate([slope(20)], {"x": np.array([0.3, 0.0, -4.0])})  # at 0 and -4 one factor is 0
    places = np.array([[0.3], [0.0], [-4.0]]) + np.arange(20)
    others = [np.prod(np.delete(np.sin(places), k, 1), 1) for k in range(20)]
    expected = sum(np.cos(places[:, k]) * others[k] for k in range(20))
    np.testing.assert_allclose(found, expected, rtol=1e-9)
