"""The gradient as Python users ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from ..graph.node import Node
from .differentiate import differentiate


@overload
def grad(of: Node, wrt: Node, upstream: Node | None = None) -> Node: ...
@overload
def grad(of: Node, wrt: Sequence[Node], upstream: Node | None = None) -> list[Node]: ...
def grad(of: Node, wrt: Node | Sequence[Node], upstream: Node | None = None) -> Node | list[Node]:
    """∂of/∂wrt as nodes of the graph, which may be differentiated again.

    For a tensor it is the Jacobian, the axes of `of` first; with an `upstream` of its shape, Σ upstream·∂of/∂wrt.
    """
    if isinstance(wrt, Node):
        return differentiate(of, [wrt], upstream)[0]
    return differentiate(of, list(wrt), upstream)
