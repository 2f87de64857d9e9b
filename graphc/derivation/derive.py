"""The derivation of ∂of/∂w: the chain rule read off the graph as it was declared, each line an equality."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.network import Network
from ..graph.node import Node
from .step import Derivation
from .walk import Walk


def derive(of: Node, wrt: Sequence[Node], net: Network | None = None) -> Derivation:
    """The steps that lead from the equations to ∂of/∂w for each w, and what comes out."""
    return Walk(of, wrt, Network.of([of]) if net is None else net).derivation()
