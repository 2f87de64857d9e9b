"""The derivation of ∂of/∂w: the chain rule read off the graph as it was declared, each line an equality."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.network import Network
from ..graph.node import Node, order
from ..language.errors import GraphcError
from .certify import certify
from .step import Derivation
from .walk import Walk


def derive(of: Node, wrt: Sequence[Node], net: Network | None = None) -> Derivation:
    """The certified steps that lead from the equations to ∂of/∂w for each w, and what comes out."""
    for node in (of, *wrt):
        if node.integer:
            raise GraphcError(f"`{node.name or 'this'}` cannot be differentiated: it holds integers")
    called: dict[str, Node] = {}
    for node in order([of, *wrt]):
        if node.name and called.setdefault(node.name, node) is not node:
            raise GraphcError(f"two tensors are called `{node.name}`", "each needs a name of its own")
    wrt = list(dict.fromkeys(wrt))
    walk = Walk(of, wrt, Network.of([of, *wrt]) if net is None else net)
    derivation = walk.derivation()
    return certify(derivation, walk.net, walk.page.names.of)
