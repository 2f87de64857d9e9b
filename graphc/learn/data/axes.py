"""How the shape of a row meets the axes that an input of a network has, and its free sizes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from ...graph.node import Leaf
from ...graph.size import Size
from ...language.errors import GraphcError

WRITTEN = {"binary": "in {0, 1}", "unit": "in (0, 1)"}


def signature(leaf: Leaf) -> str:
    """`t[n, 3] : one_hot`, as it is declared."""
    axes = f"[{', '.join(map(str, leaf.shape))}]" if leaf.rank else ""
    attributes = ", ".join(WRITTEN.get(attribute, attribute) for attribute in leaf.attributes)
    return f"{leaf.name}{axes}" + f" : {attributes}" * bool(attributes)


def known(extents: Sequence[Size], sizes: dict[str, int]) -> list[int | None]:
    """The extents that are known by now."""
    return [extent.bind(sizes).value for extent in extents]


def fitted(row: Sequence[int], extents: Sequence[Size], sizes: dict[str, int]) -> tuple[int, ...] | None:
    """The shape of a row as these axes take it; sizes that were free become known. None if it does not fit.

    Axes that agree in number agree one by one. Otherwise a row is read in order into other axes: an image is flattened,
    or a flat row becomes an image; at most one of the sizes may be free then.
    """
    wanted = known(extents, sizes)
    if len(row) != len(wanted):
        free = [place for place, extent in enumerate(wanted) if extent is None]
        rest = prod(extent for extent in wanted if extent is not None)
        if len(free) > 1 or (free and (not rest or prod(row) % rest)) or (not free and prod(row) != rest):
            return None
        row = [prod(row) // rest if extent is None else extent for extent in wanted]
    bound = dict(sizes)
    for extent, have in zip(extents, row, strict=True):
        if extent.bind(bound).value is None:
            bound[str(extent)] = have
        if extent.bind(bound).value != have:
            return None
    sizes.update(bound)
    return tuple(row)


def batch_axis(leaves: Sequence[Leaf], params: Sequence[Leaf], model: str) -> str:
    """The free size that is the first of every input, and of no parameter: the examples stand along it."""
    held = {name for leaf in params for extent in leaf.extents for name in extent.names}
    hint = f"declare a free first size for every input, as in `{leaves[0].name}[n, …]`"
    first = [str(leaf.extents[0]) if leaf.rank else "" for leaf in leaves]
    if len(set(first)) > 1:
        listed = ", ".join(map(signature, leaves))
        raise GraphcError(f"the inputs of {model} do not start with one and the same free size: {listed}", hint)
    if not first[0] or first[0] in held or leaves[0].extents[0].value is not None:
        raise GraphcError(
            f"{model} has no axis for examples: its input {signature(leaves[0])} takes one at a time", hint
        )
    return first[0]
