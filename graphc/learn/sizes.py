"""Sizes that a model leaves free: what they are, and numbers for them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from ..graph.network import Network
from ..language.errors import GraphcError, did_you_mean
from .initialise import shape_of


def given_sizes(network: Network, given: Mapping[str, float]) -> dict[str, int]:
    """The numbers, each a size that the network leaves free."""
    leaves = (*network.inputs, *network.params)
    free = {name: None for leaf in leaves for extent in leaf.extents for name in extent.names}
    for name, value in given.items():
        if name not in free:
            raise GraphcError(
                f"{network.name} has no size `{name}` that is free",
                did_you_mean(name, free) or f"it has {', '.join(sorted(free)) or 'none'}",
            )
        if value != int(value) or value < 1:
            raise GraphcError(f"the size `{name}` is a whole number from 1 up, not {value:g}")
    return {name: int(value) for name, value in given.items()}


def count_params(network: Network, sizes: Mapping[str, int]) -> int:
    """How many numbers the parameters are."""
    return sum(prod(shape_of(leaf, sizes)) for leaf in network.params)
