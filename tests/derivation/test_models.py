"""Every built-in model is derived, every step is certified, and what comes out is the gradient."""

from __future__ import annotations

import pytest
from feeding import check

from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation
from graphc.graph.network import Network, load
from graphc.graph.node import order
from graphc.language.text import text
from graphc.models import names, path

LARGE = ("vgg16",)  # the arrays of its gradient fill a memory; its steps are certified all the same


def derived(model: str) -> tuple[Network, Derivation]:
    """By all that can be differentiated by."""
    net = load(model)
    of = net.outputs[-1] if net.loss is None else net.loss
    reached = set(order([of]))
    wrt = [leaf for leaf in (net.params or net.inputs) if leaf in reached and not leaf.integer]
    return net, derive(of, wrt, net)


def unconfirmed(derivation: Derivation) -> list[str]:
    return [
        f"{step.id} {text(step.before)} = {text(step.after)}"
        for step in derivation.walk()
        if step.check is None or not step.check.ok
    ]


HEAVY = ("attention", "cnn10", "cnn2", "distill", "lenet5", "transfer", "vae")
MODELS = [
    pytest.param(name, marks=pytest.mark.slow) if name in HEAVY else name for name in names() if name not in LARGE
]


@pytest.mark.parametrize("model", MODELS)
def test_every_step_is_certified_and_the_result_is_the_gradient(model: str) -> None:
    net, derivation = derived(model)
    assert unconfirmed(derivation) == []
    file = path(model)
    assert file is not None
    check(derivation, net, file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", LARGE)
def test_every_step_of_a_large_model_is_certified(model: str) -> None:
    _, derivation = derived(model)
    assert len(derivation.result) == len(derivation.wrt)
    assert unconfirmed(derivation) == []
