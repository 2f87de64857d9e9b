"""Derived gradients as text: appended to the model's file they are read again and give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from graphc.calculus.grad import grad
from graphc.compiler.program import compile
from graphc.graph.network import Network, load, read_network
from graphc.graph.node import Leaf, Node, order
from graphc.graph.text import statement
from graphc.language.expression import Source
from graphc.language.parse import parse_net
from graphc.models import path

# a max pool, a padded convolution, shared weights, a scatter, a gather, where, windows with weights of their own
MODELS = ("logistic", "softmax-classifier", "prelu", "rnn", "cnn10", "siamese", "kernel-trick", "net4", "linear-stack")


def arrays(net: Network) -> dict[str, np.ndarray]:
    """Numbers for everything that is given; each free size is another small one."""
    random = np.random.default_rng(3)
    sizes: dict[str, int] = {}
    found: dict[str, np.ndarray] = {}
    for leaf in (*net.inputs, *net.params):
        shape = [
            extent(**{name: sizes.setdefault(name, 2 + len(sizes)) for name in extent.names}) for extent in leaf.extents
        ]
        values = random.normal(size=shape)
        if "binary" in leaf.attributes:
            values = (values > 0).astype(float)
        if "one_hot" in leaf.attributes:
            values = np.eye(shape[-1])[random.integers(0, shape[-1], size=shape[:-1])]
        found[str(leaf.name)] = values
    return found


def value(node: Node, given: dict[str, np.ndarray]) -> np.ndarray:
    used = {leaf.name for leaf in order([node]) if isinstance(leaf, Leaf) and leaf.kind != "const"}
    (result,) = compile([node], ["g"])(**{name: array for name, array in given.items() if name in used})
    return result


@pytest.mark.parametrize("model", MODELS)
def test_a_gradient_appended_to_its_file_is_the_gradient(model: str) -> None:
    net, file = load(model), path(model)
    assert net.loss is not None
    assert file is not None
    own = set(net.nodes.values())
    given = arrays(net)
    for param in net.params[:3]:
        gradient = grad(net.loss, param)
        names = {gradient: "g_", **{node: node.name for node in own}}
        text = f"{file.read_text(encoding='utf-8')}\n{statement(gradient, names.get)}\n"
        again = read_network(parse_net(Source("again.net", text)), "again")["g_"]
        np.testing.assert_allclose(value(again, given), value(gradient, given), rtol=1e-9, atol=1e-12)
