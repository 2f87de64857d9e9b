"""Which parameters are filters: read from the equations, not from the names of layers.

A filter slides: its tensor is read at an index that another tensor is read at too, shifted by where the output is, as
in `x[n,c,p+r,q+s]*K[o,c,r,s]`. Those axes, r and s, are the picture that a filter is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ...graph.node import Leaf, Map, Node, order
from ...graph.scalar import Affine, Index, Read

if TYPE_CHECKING:
    from ...graph.network import Network


@dataclass(frozen=True)
class Kernel:
    """A parameter and those of its axes that slide, that are summed beside them, and that say where the output is.

    The last are those of filters that are not shared. `into` is the tensor that it is summed into.
    """

    leaf: Leaf
    sliding: tuple[int, ...]
    summed: tuple[int, ...]
    placed: tuple[int, ...]
    into: Map

    def pictures(self, values: np.ndarray) -> np.ndarray:
        """The filters as [filter, channel, height, width]; one of one axis is a row, of three axes slices."""
        rest = [axis for axis in range(values.ndim) if axis not in self.sliding]
        found = np.transpose(values, (*rest, *self.sliding))
        shape = found.shape[len(rest) :]
        high, wide = (1, *shape) if len(shape) == 1 else shape[-2:]
        first = found.shape[0] if rest else 1
        return found.reshape(first, -1, high, wide)

    def said(self, shape: tuple[int, ...]) -> str:
        """`16 filters of 5×5 on 6 maps`."""
        others = [axis for axis in range(len(shape)) if axis not in {*self.sliding, *self.summed, *self.placed}]
        count, channels = (prod(shape[axis] for axis in axes) for axes in (others, self.summed))
        size, places = ("×".join(str(shape[axis]) for axis in axes) for axes in (self.sliding, self.placed))
        return (
            (f"{count} filters" if count > 1 else "a filter")
            + f" of {size if len(self.sliding) > 1 else f'length {size}'}"
            + (f" on {channels} maps" if channels > 1 else "")
            + (f" at {places} places" if places else "")
        )


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
        together = [atoms for form in others if (atoms := _indices(form)) & summed and atoms - summed]
        moving = {index for atoms in together for index in atoms & summed}
        places = {index for atoms in together for index in atoms - summed}
        sliding = _axes(read, moving)
        if sliding:
            found.append(Kernel(read.tensor, sliding, _axes(read, summed - moving), _axes(read, places), node))
    return found


def _indices(form: Affine) -> set[Index]:
    return {atom for atom, _ in form.terms if isinstance(atom, Index)}


def _axes(read: Read, wanted: set[Index]) -> tuple[int, ...]:
    """The axes of what is read that one of these indices alone runs along."""
    return tuple(axis for axis, form in enumerate(read.subscripts) if form.plain in wanted)


def maps(network: Network) -> list[tuple[Node, int]]:
    """The tensors with a name that have as many axes as what filters make, from the first filter on.

    With each the number of its last axes that a filter slides along.
    """
    made = {kernel.into: len(kernel.sliding) for kernel in kernels(network)}
    sliding = {node.rank: count for node, count in made.items()}
    seen: set[Node] = set()
    found = []
    for node in order(network.outputs):
        if node in made or seen & set(node.inputs):
            seen.add(node)
            if node.name and node.rank in sliding and node.extents[-1].value != 1:
                found.append((node, sliding[node.rank]))
    return found
