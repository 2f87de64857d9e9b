"""Every equation of every built-in model, as text and read again."""

from __future__ import annotations

import pytest

from graphc import models
from graphc.graph.network import Network, load, read_network
from graphc.graph.node import Leaf, Node
from graphc.graph.text import statement
from graphc.language.expression import Source
from graphc.language.parse import parse_net


def named_inputs(node: Node) -> list[Node]:
    """The nearest named tensors that a node is computed from."""
    found: dict[Node, None] = {}
    pending = [node]
    while pending:
        for tensor in pending.pop().inputs:
            if tensor.name is None:
                pending.append(tensor)
            else:
                found[tensor] = None
    return list(found)


def given(node: Node) -> str:
    if isinstance(node, Leaf):
        return statement(node)
    return f"input {node.name}" + (f"[{', '.join(map(str, node.extents))}]" if node.extents else "")


def alone(node: Node) -> Network:
    """A network of the node's written equation, with all that it reads given."""
    lines = [*map(given, named_inputs(node)), statement(node)]
    return read_network(parse_net(Source("again.net", "\n".join(lines))), "again")


@pytest.mark.parametrize("model", models.names())
def test_an_equation_read_again_is_written_the_same_and_has_the_same_shape(model: str) -> None:
    for name, node in load(model).nodes.items():
        if not isinstance(node, Leaf):
            again = alone(node)[name]
            assert statement(again) == statement(node)
            assert again.extents == node.extents
