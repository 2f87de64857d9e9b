"""A derivation grows with the depth of the network, and no faster."""

from __future__ import annotations

from feeding import check

from graphc.derivation.derive import derive
from graphc.graph.network import Network, read_network
from graphc.language.expression import Source
from graphc.language.parse import parse_net
from graphc.language.text import text
from graphc.present.derived.json import data
from graphc.present.derived.text import render


def deep(depth: int) -> Network:
    lines = ["input h0[n, 3]"]
    for k in range(1, depth + 1):
        lines += [f"param W{k}[3, 3]", f"h{k} = tanh(h{k - 1} @ W{k})"]
    return read_network(parse_net(Source("deep.net", "\n".join([*lines, f"loss L = sum(h{depth}**2)"]))), "deep")


def test_what_nobody_can_read_is_written_for_programs_only() -> None:
    net = deep(16)
    assert net.loss is not None
    derivation = derive(net.loss, net.params, net)
    shown = render(derivation)
    first, last = derivation.result["dL/dW1"], derivation.result["dL/dW16"]
    assert first.long
    assert not last.long
    assert "formula" not in vars(first)
    assert "∂L/∂W₁[" in shown
    assert data(derivation)["result"]["dL/dW1"]["text"] == text(first.body)
    assert "W16" in text(first.body)


def test_where_every_layer_is_skipped_too_a_result_is_several_equations() -> None:
    lines = ["input h0[n, 2]"]
    for k in range(1, 17):
        lines += [f"param W{k}[2, 2]", f"h{k} = h{k - 1} + tanh(h{k - 1} @ W{k})"]
    written = "\n".join([*lines, "loss L = sum(h16**2)"])
    net = read_network(parse_net(Source("residual.net", written)), "residual")
    assert net.loss is not None
    derivation = derive(net.loss, [net["W1"], net["W15"]], net)
    assert derivation.result["dL/dW1"].parts
    assert not derivation.result["dL/dW15"].parts
    assert "\ndL_dh" in data(derivation)["result"]["dL/dW1"]["text"]
    check(derivation, net, written)
