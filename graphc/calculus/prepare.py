"""What is done to everything that will be computed: the same values, by formulas that stay finite where they are."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph.node import Node
from .canonical import Canonical
from .log import Log
from .rules import STABLE


def prepare(roots: Sequence[Node], log: Log | None = None) -> list[Node]:
    """The roots in stable form, seen through the names of intermediate tensors."""
    became = Canonical(roots, STABLE, log=log, computed=True)
    return [became[root] for root in roots]
