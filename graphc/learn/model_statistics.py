"""What a model takes from a whole batch, as the means of a batch normalisation: known from learning, it predicts alone.

No layer is looked for. A tensor that depends on examples and has no axis for them is a statistic of the batch; in the
settled network each of them is an input, and its value is what it was over examples that were learnt from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..compiler.program import compile
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.rebuild import rebuild
from .data.axes import batch_axis
from .data.matching import roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from .data.feed import Feed

ENOUGH = 1024  # examples that statistics are taken of, at most


def statistics(network: Network) -> dict[Node, Leaf]:
    """The statistics that outputs are computed with, each with the input that may stand for it."""
    features, _ = roles(network)
    batch = batch_axis(features, network.params, network.name)
    touched: set[Node] = set()
    found: list[Node] = []
    for node in order(network.outputs):
        if isinstance(node, Leaf):
            if _has(node, batch):
                touched.add(node)
        elif touched & set(node.inputs):
            touched.add(node)
            if _has(node, batch):
                found += [below for below in node.inputs if below in touched and not _has(below, batch)]
    own = [node for node in dict.fromkeys(found) if node not in network.outputs and _known(node)]
    return {node: Leaf("input", _name(network, number), node.extents) for number, node in enumerate(own, 1)}


def _has(node: Node, batch: str) -> bool:
    return any(batch in extent.names for extent in node.extents)


def _known(node: Node) -> bool:
    return isinstance(node, Map) and all(extent.value is not None for extent in node.extents)


def _name(network: Network, number: int) -> str:
    name = f"statistic{number}"
    while name in network:
        name += "_"
    return name


def settled(network: Network, leaves: Mapping[Node, Leaf], other_loss: Node | None = None) -> Network:
    """The network with inputs in the place of its statistics, with its loss or another one."""
    wanted = network.loss if other_loss is None else other_loss
    if not leaves and wanted is network.loss:
        return network
    loss = [wanted] if wanted is not None else []
    roots = list(dict.fromkeys([*network.nodes.values(), *network.outputs, *loss]))
    new = dict(zip(roots, rebuild(roots, lambda fresh, before: leaves.get(before, fresh)), strict=True))
    nodes = {name: new[node] for name, node in network.nodes.items()}
    nodes |= {str(leaf.name): leaf for leaf in leaves.values()}
    return Network(network.name, nodes, [new[node] for node in network.outputs], new[loss[0]] if loss else None)


def as_used(network: Network, loss: Node, learnt: Feed, seed: int) -> tuple[Network, Measuring]:
    """The network as it is used, with this loss, and what gives its statistics for any parameters."""
    leaves = statistics(network)
    return settled(network, leaves, loss), Measuring(network, leaves, learnt, seed)


def measured(
    network: Network, leaves: Mapping[Node, Leaf], params: Mapping[str, np.ndarray], feed: Feed, seed: int
) -> dict[str, np.ndarray]:
    """The statistics of examples that were learnt from, by the names of their inputs."""
    return Measuring(network, leaves, feed, seed)(params)


class Measuring:
    """Measures the statistics again and again, of the same examples with other parameters."""

    def __init__(self, network: Network, leaves: Mapping[Node, Leaf], feed: Feed, seed: int) -> None:
        self._leaves = leaves
        if leaves:
            import numpy as np

            rows = np.sort(np.random.default_rng(seed).permutation(len(feed))[:ENOUGH])
            self._arrays = feed.take(rows).arrays()
            self._program = compile(list(leaves), arguments=[*network.inputs, *network.params])

    def __call__(self, params: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        import numpy as np

        if not self._leaves:
            return {}
        found = self._program(**{**params, **self._arrays})
        return {str(leaf.name): np.asarray(value) for leaf, value in zip(self._leaves.values(), found, strict=True)}
