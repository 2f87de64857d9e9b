"""The layer table: what each named tensor is, its shape, and how many parameters and links it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..graph.size import Size, size
from .layers import Layer, Shape, batch, computing, element_count, layers, link_count

if TYPE_CHECKING:
    from ..graph.network import Network

Count = int | str


@dataclass(frozen=True)
class Weight:
    """A parameter where it is first used."""

    name: str
    shape: Shape


@dataclass(frozen=True)
class Row:
    """One named tensor; counts are text in the free sizes where these matter."""

    name: str
    kind: str
    left: str
    formula: str
    shape: Shape
    params: Count
    links: Count
    weights: tuple[Weight, ...]


@dataclass(frozen=True)
class Table:
    """The rows in the order of the file, and the totals: a shared parameter counts once, its links at each use."""

    title: str
    rows: tuple[Row, ...]
    params: Count
    links: Count


def layer_table(net: Network, found: Sequence[Layer] | None = None) -> Table:
    """A link is one read of a parameter in computing an output, for one example. `found` are the layers, if known."""
    examples, computed = batch(net), computing(net)
    counted: set[object] = set()
    rows: list[Row] = []
    params, links = size(0), size(0)
    for layer in layers(net) if found is None else found:
        mine = (layer.node,) if layer.kind == "param" else layer.weights
        new = [weight for weight in mine if weight not in counted]
        counted.update(new)
        own = sum((element_count(weight) for weight in new), size(0))
        reads = link_count(layer, examples, computed)
        weights = tuple(Weight(weight.name or "", weight.shape) for weight in new)
        shown = (layer.name, layer.kind, layer.left, layer.formula, layer.shape)
        rows.append(Row(*shown, _count(own), _count(reads), weights))
        params, links = params + own, links + reads
    return Table(net.title or net.name, tuple(rows), _count(params), _count(links))


def _count(number: Size) -> Count:
    return str(number) if number.value is None else number.value
