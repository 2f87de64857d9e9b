"""The gradient as Python users ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from ..graph.node import Node
from ..language.errors import GraphcError
from .differentiate import differentiate


@overload
def grad(of: Node, wrt: Node, upstream: Node | None = None) -> Node: ...
@overload
def grad(of: Node, wrt: Sequence[Node], upstream: Node | None = None) -> list[Node]: ...
def grad(of: Node, wrt: Node | Sequence[Node], upstream: Node | None = None) -> Node | list[Node]:
    """∂of/∂wrt as nodes of the graph, which may be differentiated again.

    For a tensor it is the Jacobian, the axes of `of` first; with an `upstream` of its shape, Σ upstream·∂of/∂wrt.
    """
    _expect_node(of, "what is differentiated")
    if upstream is not None:
        _expect_node(upstream, "the upstream")
    if isinstance(wrt, Node):
        return differentiate(of, [wrt], upstream)[0]
    if not isinstance(wrt, (list, tuple)):
        _expect_node(wrt, "what to differentiate by")
    for one in wrt:
        _expect_node(one, "what to differentiate by")
    return differentiate(of, list(wrt), upstream)


def _expect_node(given: object, role: str) -> None:
    """People pass names, numbers and arrays; the graph has nodes."""
    if not isinstance(given, Node):
        hint = (
            'a net gives its tensors by name: net["x"]' if isinstance(given, str) else "gc.input or gc.param makes one"
        )
        raise GraphcError(f"{role} must be a tensor of the graph, here it is {type(given).__name__}", hint=hint)
