"""The derivation of ∂of/∂w: the chain rule read off the graph as it was declared, each line an equality."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.network import Network
from ..graph.node import Node
from ..language.errors import GraphcError
from .certify import certify
from .step import Derivation
from .walk import Walk


def derive(of: Node, wrt: Sequence[Node], net: Network | None = None) -> Derivation:
    """The certified steps that lead from the equations to ∂of/∂w for each w, and what comes out."""
    for node in (of, *wrt):
        if node.integer:
            raise GraphcError(f"`{node.name or 'this'}` cannot be differentiated: it holds integers")
    walk = Walk(of, wrt, Network.of([of, *wrt]) if net is None else net)
    derivation = walk.derivation()
    return certify(derivation, walk.net, walk.page.names.of)
