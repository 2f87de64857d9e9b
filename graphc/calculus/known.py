"""Sums that need no adding: deviations from a mean are 0 together, and shares are 1 by assumption."""

from __future__ import annotations

from dataclasses import dataclass

from ..graph.node import Leaf, Map
from ..graph.scalar import ONE, ZERO, Affine, Apply, Index, Read, Scalar, affine, move, mul, negative, position, power
from ..graph.size import Size, size

Box = tuple[Size, ...]


@dataclass(frozen=True)
class Known:
    """What a sum is, and what must be assumed for it."""

    value: Scalar
    why: str
    conditions: tuple[str, ...] = ()


def known_sum(body: Scalar, over: list[Index], box: Box) -> Known | None:
    """The sum of a body over these indices, where it is known."""
    if isinstance(body, Read):
        return _shares(body, over, box)
    if isinstance(body, Apply) and body.operation == "add" and len(body.arguments) == 2:
        for each, mean in (body.arguments, body.arguments[::-1]):
            for sign in (lambda term: term, negative):
                if _is_mean(sign(negative(mean)), sign(each), over, box):
                    return Known(ZERO, "deviations from a mean")
    return None


def _shares(read: Read, over: list[Index], box: Box) -> Known | None:
    """The whole last axis of a one-hot tensor or of a distribution."""
    leaf = read.tensor
    if len(over) != 1 or not isinstance(leaf, Leaf) or read.guarded or not read.subscripts:
        return None
    assumed = [attribute for attribute in leaf.attributes if attribute in ("one_hot", "distribution")]
    last = read.subscripts[-1].plain
    elsewhere = [atom for form in read.subscripts[:-1] for atom, _ in form.terms]
    if assumed and last is over[0] and last not in elsewhere and box[last.key] is leaf.extents[-1]:
        return Known(ONE, "shares of one", (f"{leaf.name} {assumed[0]}",))
    return None


def _is_mean(mean: Scalar, each: Scalar, over: list[Index], box: Box) -> bool:
    """Whether `mean` reads the mean of `each` over exactly these indices."""
    node = mean.tensor if isinstance(mean, Read) else None
    if not isinstance(node, Map) or not node.plain or node.reduce != "sum" or not isinstance(mean, Read):
        return False
    extents = node.box[node.rank :]
    if extents != tuple(box[index.key] for index in over):
        return False
    place: dict[Index, Affine] = {Index(axis): form for axis, form in enumerate(mean.subscripts)}
    place |= {Index(node.rank + k): affine(index) for k, index in enumerate(over)}
    count = size(1)
    for extent in extents:
        count *= extent
    return move(node.body, place) is mul(power(position(count), -1), each)
