"""What people ask a network for, by name: a tensor, `y`, or a derivative, `dL/dw`, also of one: `d(dL/dw)/dw`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..graph.node import Node
from ..language.names import normalised
from .differentiate import differentiate
from .log import Log


class Named(Protocol):
    """The part of a network that is needed here."""

    @property
    def nodes(self) -> dict[str, Node]: ...

    def __getitem__(self, name: str) -> Node: ...


def request(net: Named, text: str, log: Log | None = None) -> Node:
    """The node that `y`, `L` or `dL/dw` stands for. The derivative of a tensor is its Jacobian, its own axes first."""
    return requests(net, [text], log)[0]


def requests(net: Named, texts: Sequence[str], log: Log | None = None) -> list[Node]:
    """All of them; the derivatives of one tensor are found in one walk through the graph."""
    parts = [_parts(net, normalised("".join(text.split()))) for text in texts]
    asked: dict[str, dict[str, Node]] = {}
    for of, by in parts:
        if by is not None:
            asked.setdefault(of, {})[by] = net[by]
    gradients = {of: differentiate(_numerator(net, of, log), list(by.values()), log=log) for of, by in asked.items()}
    found = {(of, by): node for of in asked for by, node in zip(asked[of], gradients[of], strict=True)}
    return [net[of] if by is None else found[of, by] for of, by in parts]


def _parts(net: Named, text: str) -> tuple[str, str | None]:
    """`dL/dw` as (L, w); a name of the network is itself, whatever it looks like."""
    head, slash, by = text.rpartition("/d")
    if text in net.nodes or not slash or not head.startswith("d"):
        return text, None
    return head[1:], by


def _numerator(net: Named, of: str, log: Log | None) -> Node:
    """What is differentiated: a name, or a request in brackets."""
    return request(net, of[1:-1] if of.startswith("(") and of.endswith(")") else of, log)
