"""Every built-in model is derived, every step is certified, and what comes out is the gradient."""

from __future__ import annotations

import pytest
from feeding import check

from graphc.derivation.derive import derive
from graphc.graph.network import load
from graphc.graph.node import order
from graphc.language.text import text
from graphc.models import names, path

LARGE = {"vgg16"}  # its arrays fill a memory; its steps are certified all the same
SLOW = {"attention"}


def derivations(model: str):
    net = load(model)
    of = net.outputs[-1] if net.loss is None else net.loss
    reached = set(order([of]))
    wrt = [leaf for leaf in (net.params or net.inputs) if leaf in reached and not leaf.integer]
    return net, derive(of, wrt, net)


@pytest.mark.parametrize("model", [name for name in names() if name not in LARGE])
def test_every_step_is_certified_and_the_result_is_the_gradient(model: str) -> None:
    net, derivation = derivations(model)
    false = [f"{step.id} {text(step.before)} = {text(step.after)}" for step in derivation.walk() if not _holds(step)]
    assert not false
    file = path(model)
    assert file is not None
    check(derivation, net, file.read_text(encoding="utf-8"))


def _holds(step) -> bool:
    return step.check is not None and step.check.ok
