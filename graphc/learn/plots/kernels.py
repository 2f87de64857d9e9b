"""Which parameters are filters: read from the equations, not from the names of layers.

A filter slides: its tensor is read at an index that another tensor is read at too, shifted by where the output is, as
in `x[n,c,p+r,q+s]*K[o,c,r,s]`. Those axes, r and s, are the picture that a filter is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...graph.node import Leaf, Map, Node, order
from ...graph.scalar import Index

if TYPE_CHECKING:
    from ...graph.network import Network


@dataclass(frozen=True)
class Kernel:
    """A parameter and those of its axes that slide; `into` is the tensor that it is summed into."""

    leaf: Leaf
    sliding: tuple[int, ...]
    into: Map

    def pictures(self, values: np.ndarray) -> np.ndarray:
        """The filters as [filter, channel, height, width]; one of one axis is a row, of three axes slices."""
        rest = [axis for axis in range(values.ndim) if axis not in self.sliding]
        found = np.transpose(values, (*rest, *self.sliding))
        shape = found.shape[len(rest) :]
        high, wide = (1, *shape) if len(shape) == 1 else shape[-2:]
        first = found.shape[0] if rest else 1
        return found.reshape(first, -1, high, wide)


def kernels(network: Network) -> list[Kernel]:
    """The filters of a network, in the order in which data meet them."""
    return [kernel for node in order(network.outputs) if isinstance(node, Map) for kernel in _of(node)]


def _of(node: Map) -> list[Kernel]:
    if node.reduce != "sum":
        return []
    summed, found = set(node.reduced), []
    for read in node.reads:
        if not isinstance(read.tensor, Leaf) or read.tensor.kind != "param":
            continue
        others = [form for other in node.reads if other is not read for form in other.subscripts]
        moving = {index for form in others for index in _moving(form, summed)}
        sliding = tuple(axis for axis, form in enumerate(read.subscripts) if form.plain in moving)
        if sliding:
            found.append(Kernel(read.tensor, sliding, node))
    return found


def _moving(form: object, summed: set[Index]) -> set[Index]:
    """The summed indices of a subscript that also says where the output is."""
    atoms = {atom for atom, _ in form.terms if isinstance(atom, Index)}  # type: ignore[attr-defined]
    return atoms & summed if atoms - summed else set()


def maps(network: Network) -> list[Node]:
    """The tensors with a name that have as many axes as what filters make, from the first filter on."""
    made = {kernel.into for kernel in kernels(network)}
    ranks = {node.rank for node in made}
    seen: set[Node] = set()
    found = []
    for node in order(network.outputs):
        if node in made or seen & set(node.inputs):
            seen.add(node)
            if node.name and node.rank in ranks and node.extents[-1].value != 1:
                found.append(node)
    return found
