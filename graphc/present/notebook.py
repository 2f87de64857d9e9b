"""How networks and tensors draw themselves in a notebook: they lie below the pictures, so they are told from here."""

from __future__ import annotations

from itertools import count

from ..graph.network import Network
from ..graph.node import Node
from ..language.errors import GraphcError

_numbers = count(1)


def teach() -> None:
    """From now on a network and a tensor are drawn where a notebook shows them."""
    drawers = {Network: drawn, Node: drawn_node}
    for kind, drawer in drawers.items():
        setattr(kind, "_repr_svg_", drawer)  # noqa: B010 - for a type checker they have no such method


def drawn(net: Network) -> str:
    """The picture, its style kept to itself: a notebook puts drawings into its own page."""
    from .picture import picture
    from .svg import style, svg, told_apart

    head, end, rest = told_apart(svg(picture(net), alone=False), f"n{next(_numbers)}-").partition(">")
    return f'{head} class="graphc-picture"{end}<style>.graphc-picture {{ {style()} }}</style>{rest}'


def drawn_node(node: Node) -> str | None:
    """The graph that computes a tensor; nothing where it has none that can be drawn."""
    try:
        return drawn(Network.of([node]))
    except GraphcError:
        return None
