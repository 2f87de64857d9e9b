"""Depth costs what it must: ten times the layers are ten times the nodes and about ten times the work."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import pytest
from texts import net

from graphc.calculus.differentiate import differentiate
from graphc.calculus.prepare import prepare
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
