"""Class weights: rare classes count for more in the loss, which becomes a sum of weighted rows.

The weight of a row is an input like any other; its place in the loss is where the rows are added up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.rebuild import rebuild
from ..graph.scalar import Index, affine, mul
from ..language.errors import GraphcError, did_you_mean
from .data.column import Column
from .data.feed import Feed

BALANCED = "balanced"
Weights = str | Mapping[str, float]


def class_weights(feed: Feed, given: Weights) -> tuple[str, np.ndarray]:
    """The target whose classes are weighted, and a weight for each class; balanced, they all count the same."""
    for target in feed.targets:
        labels = replace(feed, targets=(target,)).labels()
        if labels is not None:
            classes = feed.classes[target]
            counts = np.bincount(labels, minlength=len(classes))
            return target, _numbers(given, classes, counts)
    raise GraphcError("class weights need a target with one class for each example")


def _numbers(given: Weights, classes: tuple[str, ...], counts: np.ndarray) -> np.ndarray:
    if isinstance(given, str):
        if given != BALANCED:
            raise GraphcError(f"class weights are `{BALANCED}` or given by class, not `{given}`", "as in no=1,yes=5")
        there = counts > 0
        return np.where(there, counts.sum() / (there.sum() * np.maximum(counts, 1)), 1.0)
    numbers = np.ones(len(classes))
    for name, value in given.items():
        if str(name) not in classes:
            hint = did_you_mean(str(name), classes) or f"there are {', '.join(classes)}"
            raise GraphcError(f"there is no class `{name}` to weight", hint)
        if not np.isfinite(value) or value < 0:
            raise GraphcError(f"the weight of the class `{name}` is a number from 0 up, not {value}")
        numbers[classes.index(str(name))] = value
    return numbers


def weight_leaf(network: Network, target: str) -> Leaf:
    """The input for the weights of rows, by a name that nothing has."""
    name = "weight"
    while name in network:
        name += "_"
    return Leaf("input", name, network[target].extents[:1])


def weighted_loss(network: Network, target: str, weight: Leaf) -> Node:
    """The loss with each row's part in it times its weight."""
    assert network.loss is not None
    places = _places(network.loss, network[target])
    if not places:
        raise GraphcError(f"the loss of {network.name} is no sum over examples, so classes have no weight in it")

    def change(fresh: Map, before: Map) -> Node:
        if before not in places:
            return fresh
        return fresh.over(mul(weight.read((affine(places[before]),)), fresh.body), fresh.write)

    return rebuild([network.loss], change)[0]


def _places(loss: Node, target: Node) -> dict[Map, Index]:
    """The sums over rows that come first on the way from the target to the loss, with the index of the rows."""
    found: dict[Map, Index] = {}
    touched: set[Node] = {target}  # what depends on the target and still has its rows
    for node in order([loss]):
        if not isinstance(node, Map) or not touched & set(node.inputs):
            continue
        row = _row(node, touched)
        if row is not None and row in node.reduced and node.reduce == "sum":
            found[node] = row
        else:
            touched.add(node)
    return found


def _row(node: Map, touched: set[Node]) -> Index | None:
    plain = (read.subscripts[0].plain for read in node.reads if read.tensor in touched and read.subscripts)
    return next((index for index in plain if index is not None), None)


def with_weights(feed: Feed, target: str, weight: Leaf, weights: np.ndarray) -> Feed:
    """The feed with the weight of each row as one more input."""
    labels = replace(feed, rows=None, targets=(target,)).labels()
    assert labels is not None
    dtype = next((column.dtype for column in feed.columns.values() if column.dtype.kind == "f"), np.dtype(np.float32))
    column = Column(weights[labels].astype(dtype), (), dtype)
    return replace(feed, columns={**feed.columns, str(weight.name): column})
