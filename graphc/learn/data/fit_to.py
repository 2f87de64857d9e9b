"""Data as a network takes them: each array brought to the shape and the encoding of an input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...graph.node import Leaf, Map
from ...graph.scalar import Affine, Read
from ...language.errors import GraphcError
from .axes import batch_axis, known
from .column import Column
from .columns import as_dataset
from .dataset import Dataset, Target
from .encode import Wanted, encode
from .feed import Feed
from .mapped import chunks
from .matching import match_inputs, match_targets, roles
from .names import NO_NAMES, Names
from .resize import resized
from .table import Table

if TYPE_CHECKING:
    from ...graph.network import Network


def fit_to(
    network: Network,
    data: Dataset | Table,
    dtype: Any = np.float32,
    sizes: Mapping[str, int] | None = None,
    classes: Mapping[str, tuple[str, ...]] | None = None,
    targets: bool = True,
    learnt: Names = NO_NAMES,
) -> Feed:
    """The feed of a network, or an error that says what does not fit and how it would.

    `sizes`, `classes` and the names in `learnt` are those that the network was trained with. With `targets=False`
    only what the outputs need is looked for.
    """
    features, wanted = roles(network)
    bound = dict(sizes or {})
    bound.pop(batch_axis([*features, *wanted], network.params, network.name), None)
    if isinstance(data, Table):
        data = as_dataset(data, features, wanted, bound, targets, learnt)
    named = {key: names for key, names in (classes or {}).items() if names}
    return _fitted(network, data, features, wanted if targets else [], np.dtype(dtype), bound, named)


def _fitted(
    network: Network,
    data: Dataset,
    features: list[Leaf],
    wanted: list[Leaf],
    dtype: np.dtype,
    sizes: dict[str, int],
    classes: dict[str, tuple[str, ...]],
) -> Feed:
    found = match_inputs(features, data, network.name)
    columns: dict[str, Column] = {}
    titles: dict[str, str] = {}
    for leaf, target in found.items():
        columns[str(leaf.name)] = _input(leaf, target, data, sizes, dtype, _limit(network, leaf, sizes))
    for leaf, target in match_targets(wanted, data, list(found.values()), network.name).items():
        name = str(leaf.name)
        if target.title:
            titles[name] = target.title
        target = in_order(target, classes.get(name, target.classes), data.name)
        size = _picture(leaf, target.values, data, sizes)
        if size is not None:
            target = Target(np.round(resized(target.values, *size)))
        columns[name] = encode(
            Wanted(leaf, target, data.name, sizes, dtype, _limit(network, leaf, sizes), data.first_line)
        )
        names = target.classes or _numbered(leaf, columns[name])
        if names:
            classes = {**classes, name: names}
    held_out = None
    if data.held_out is not None:
        held_out = _fitted(network, data.held_out, features, wanted, dtype, sizes, classes)
    settled = {name: column.settled() for name, column in columns.items()}
    called = Names(data.features, titles)
    targets = tuple(str(leaf.name) for leaf in wanted)
    return Feed(settled, targets, dict(sizes), classes, held_out=held_out, names=called)


def _input(
    leaf: Leaf, target: Target, data: Dataset, sizes: dict[str, int], dtype: np.dtype, limit: int | None
) -> Column:
    """An input that is no target: images are brought to its size, and bytes to numbers between 0 and 1."""
    values = target.values
    bytes_of_images = data.picture is not None and values.dtype == np.uint8
    size = _picture(leaf, values, data, sizes)
    if size is not None:
        values = resized(values, *size)
    column = encode(Wanted(leaf, replace(target, values=values), data.name, sizes, dtype, limit, data.first_line))
    return replace(column, scale=1 / 255) if bytes_of_images else column


def _picture(leaf: Leaf, values: np.ndarray, data: Dataset, sizes: dict[str, int]) -> tuple[int, int] | None:
    """The height and width that an input wants images in, where that is not what they have."""
    if data.picture is None or values.shape[-2:] != data.picture or leaf.rank < 3:
        return None
    height, width = known(leaf.extents[-2:], sizes)
    return None if height is None or width is None or (height, width) == data.picture else (height, width)


def _limit(network: Network, leaf: Leaf, sizes: dict[str, int]) -> int | None:
    """How many different values an integer input may have: the extent of the axis in which it is a subscript."""
    if not leaf.integer:
        return None
    extents = [
        read.tensor.extents[axis].bind(sizes).value
        for node in network.nodes.values()
        if isinstance(node, Map)
        for read in (*node.reads, *node.gathers)
        for axis, form in enumerate(read.subscripts)
        if _is_read_of(form, leaf)
    ]
    return min((extent for extent in extents if extent is not None), default=None)


def _numbered(leaf: Leaf, column: Column) -> tuple[str, ...]:
    """The names of classes that are known by their numbers alone."""
    if leaf.integer:
        return tuple(map(str, range(max(int(piece.max(initial=0)) for _, piece in chunks(column.source)) + 1)))
    count = column.shape[-1] if "one_hot" in leaf.attributes else 2 if "binary" in leaf.attributes else 0
    return tuple(map(str, range(count)))


def _is_read_of(form: Affine, leaf: Leaf) -> bool:
    atoms = [atom for atom, _ in form.terms]
    return not form.offset.terms and len(atoms) == 1 and isinstance(atoms[0], Read) and atoms[0].tensor is leaf


def in_order(target: Target, classes: tuple[str, ...], data: str) -> Target:
    """The target with its classes numbered as `classes` has them: the classes of a run, whatever a file has first."""
    if target.classes == classes or not target.classes:
        return replace(target, classes=classes)
    place = {name: number for number, name in enumerate(classes)}
    strange = [name for name in target.classes if name not in place]
    if strange:
        raise GraphcError(f"{data} has a class `{strange[0]}` that was not learnt", f"learnt were {', '.join(classes)}")
    numbers = np.array([place[name] for name in target.classes])
    return Target(numbers[target.values.astype(np.intp)], classes)
