"""The derivative of any tensor by any others, as nodes: what people call. The walk itself is in `sweep`."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Leaf, Node
from ..language.errors import GraphcError
from .canonical import Canonical, substituted
from .log import Log
from .origin import remember
from .rules import EXPONENTIAL
from .sweep import sweep


def differentiate(of: Node, wrt: Sequence[Node], upstream: Node | None = None, log: Log | None = None) -> list[Node]:
    """∂of/∂w for each w, as nodes. Of a tensor without an upstream it is the Jacobian, of's axes first;
    with one, of of's shape, it is Σ upstream·∂of/∂w in w's shape."""
    log = Log() if log is None else log
    if upstream is not None and upstream.extents != of.extents:
        raise GraphcError(f"the upstream has shape {upstream.shape}, but what is differentiated has {of.shape}")
    for node, verb in [(of, "differentiated"), *((w, "differentiated by") for w in wrt)]:
        if node.integer:
            raise GraphcError(f"`{node.name or 'this'}` cannot be {verb}: it holds integers")
    seen_through = Canonical([of, *wrt], EXPONENTIAL, log=log)
    free = [w for w in wrt if w not in seen_through.opened]
    gradients = dict(zip(free, sweep(seen_through, of, free, upstream, log), strict=True))
    for w in wrt:
        if w not in gradients:
            gradients[w] = _moving_freely(of, w, upstream, log)
    for w, gradient in gradients.items():
        remember(gradient, [w, of])
    return [gradients[w] for w in wrt]


def _moving_freely(of: Node, w: Node, upstream: Node | None, log: Log) -> Node:
    """∂of/∂w where readers of w would see through it: a given tensor stands in its place meanwhile."""
    stand_in = Leaf("input", w.name, w.extents)  # type: ignore[arg-type]
    (free,) = substituted([of], {w: stand_in})
    (gradient,) = sweep(Canonical([free, stand_in], EXPONENTIAL), free, [stand_in], upstream, log)
    return substituted([gradient], {stand_in: w})[0]
