"""Networks that nobody thought of: what comes out of their derivations, fed back, is the gradient."""

from __future__ import annotations

from feeding import check
from hypothesis import HealthCheck, given, settings
from lectures import read
from test_random_networks import texts

from graphc.derivation.walk import Walk
from graphc.graph.node import order


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts(longest=3))
def test_a_result_fed_back_is_the_gradient(text: str) -> None:
    net = read(text)
    assert net.loss is not None
    reached = set(order([net.loss]))
    wrt = [leaf for leaf in (*net.params, *net.inputs) if leaf in reached and not leaf.integer]
    check(Walk(net.loss, wrt, net).derivation(), net, text)
