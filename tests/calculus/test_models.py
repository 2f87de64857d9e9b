"""The gradients of the models that come with the package, against an independent derivative."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement import check_agreement, draw

import graphc.models
from graphc.graph.network import load

LARGE = {"vgg16", "lenet5", "net3", "net4", "net5", "transfer", "cnn10", "cnn2", "attention"}
NAMES = sorted(path.stem for path in Path(graphc.models.__file__).parent.glob("*.net") if path.stem not in LARGE)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_of_a_model(name: str) -> None:
    net = load(name)
    free = {name for node in net.nodes.values() for extent in node.extents for name in extent.names}
    sizes = {name: 2 + k for k, name in enumerate(sorted(free))}
    real = [leaf for leaf in (*net.params, *net.inputs) if not leaf.integer]
    for of in net.outputs if net.loss is None else [net.loss]:
        values = draw([of, *real], **sizes)
        values |= {leaf.name: 0.3 * values[leaf.name] for leaf in net.params}
        check_agreement(of, real, values)
