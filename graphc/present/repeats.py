"""Repeats found and folded: a run of equal blocks, each reading the one before, is one block and a count.

Two layers are equal when their formulas are, apart from names, and all shapes. What a block reads is either what the
block before it left at the same place, or the same tensor in every block, or an input of its own in each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..graph.node import Leaf, Node
from ..graph.text import formula
from .layers import Layer, Shape

LONGEST_BLOCK = 24
UNROLLED = 6  # steps with an input each, as of a recurrent net, are understood best when they are all there


@dataclass(frozen=True)
class Chip:
    """A parameter as it stands in a layer's box, with its names in every repeat."""

    names: tuple[str, ...]
    shape: Shape
    shared: bool


@dataclass(frozen=True)
class Item:
    """One layer, or the equal layers of a run. `sources` are the nodes read, in the first block of a run."""

    nodes: tuple[Node, ...]
    kind: str
    names: tuple[str, ...]
    left: str
    formula: str
    shape: Shape
    chips: tuple[Chip, ...]
    sources: tuple[Node, ...]
    pattern: str


@dataclass(frozen=True)
class Block:
    """Items that stand together, `repeat` times one after the other."""

    items: tuple[Item, ...]
    repeat: int = 1


def items(layers: Sequence[Layer]) -> list[Item]:
    """Every layer that is drawn: constants stand in the formulas, unused parameters nowhere."""
    uses = Counter(weight for layer in layers for weight in layer.weights)
    drawn = {layer.node for layer in layers if layer.kind not in ("const", "param")}
    found = []
    for layer in layers:
        if layer.node in drawn:
            chips = tuple(Chip((weight.name or "",), weight.shape, uses[weight] > 1) for weight in layer.weights)
            sources = tuple(node for node in layer.reads if node in drawn)
            shown = (layer.kind, (layer.name,), layer.left, layer.formula, layer.shape)
            found.append(Item((layer.node,), *shown, chips, sources, _pattern(layer)))
    return found


def _pattern(layer: Layer) -> str:
    """The formula with numbers for names, and every shape: equal for equal layers."""
    if isinstance(layer.node, Leaf):
        return f"{layer.node.attributes}{layer.shape}"
    names: dict[Node, str | None] = {layer.node: None}
    for node in layer.reads:
        if isinstance(node, Leaf) and node.kind == "const":
            names[node] = node.name
        else:
            role = "p" if isinstance(node, Leaf) and node.kind == "param" else "s"
            names[node] = f"{role}{len(names)}:{node.shape}"
    return f"{layer.shape} = {formula(layer.node, names.get)}"


def folded(found: Sequence[Item]) -> list[Block]:
    """The items in order, runs of equal blocks as one."""
    given = {item.nodes[0]: item for item in found if item.kind == "input"}
    computed = [item for item in found if item.kind != "input"]
    readers: dict[Node, list[int]] = {}
    for place, item in enumerate(computed):
        for source in item.sources:
            readers.setdefault(source, []).append(place)
    blocks: list[Block] = []
    swallowed: dict[Node, tuple[Node, ...]] = {}
    place = 0
    while place < len(computed):
        length, repeat = _run(computed, place, readers, given)
        run = [computed[place + k * length : place + (k + 1) * length] for k in range(repeat)]
        blocks.append(Block(tuple(map(_merged, zip(*run, strict=True))), repeat))
        if repeat > 1:
            swallowed |= _side_inputs(run, given)
        place += length * repeat
    gone = {node for nodes in swallowed.values() for node in nodes[1:]}
    inputs = [
        Block((_merged([given[each] for each in swallowed.get(node, (node,))]),)) for node in given if node not in gone
    ]
    return inputs + blocks


def _run(
    computed: Sequence[Item], start: int, readers: Mapping[Node, list[int]], given: Mapping[Node, Item]
) -> tuple[int, int]:
    """The length and count of the run from here that hides most; (1, 1) where nothing repeats."""
    best = (1, 1)
    for length in range(1, min(LONGEST_BLOCK, (len(computed) - start) // 2) + 1):
        repeat = 1
        while _follows(computed, start, length, repeat, readers, given):
            repeat += 1
        run = [computed[start + k * length : start + (k + 1) * length] for k in range(repeat)]
        if repeat > 1 and _side_inputs(run, given) and repeat <= UNROLLED:
            continue
        if (repeat - 1) * length > (best[1] - 1) * best[0]:
            best = (length, repeat)
    return best


def _follows(
    computed: Sequence[Item],
    start: int,
    length: int,
    repeat: int,
    readers: Mapping[Node, list[int]],
    given: Mapping[Node, Item],
) -> bool:
    """Whether block number `repeat` is the one before it again, and all that reads the block before stands in it."""
    first, here = start + (repeat - 1) * length, start + repeat * length
    if here + length > len(computed):
        return False
    where = {computed[place].nodes[0]: place for place in range(start, here + length)}
    chained = False
    for place in range(first, here):
        one, two = computed[place], computed[place + length]
        if one.kind != "equation" or two.kind != "equation" or one.pattern != two.pattern:
            return False
        if any(not first <= reader < here + length for reader in readers.get(one.nodes[0], ())):
            return False
        for a, b in zip(one.sources, two.sources, strict=True):
            if where.get(b, -1) >= start:
                inside = where.get(a, -1) + length == where[b]
                if not inside and not (repeat == 1 and a not in where and where[b] < here):
                    return False
                chained |= where[b] < here
            elif a is not b and not (_own(a, given, readers) and _own(b, given, readers)):
                return False
    return chained


def _own(node: Node, given: Mapping[Node, Item], readers: Mapping[Node, list[int]]) -> bool:
    """Whether it is an input that one layer alone reads."""
    return node in given and len(readers.get(node, ())) == 1


def _side_inputs(run: Sequence[Sequence[Item]], given: Mapping[Node, Item]) -> dict[Node, tuple[Node, ...]]:
    """The inputs that each block has of its own, by the first block's."""
    found: dict[Node, tuple[Node, ...]] = {}
    for same in zip(*run, strict=True):
        for sources in zip(*(item.sources for item in same), strict=True):
            if all(source in given for source in sources) and len(set(sources)) == len(sources):
                found[sources[0]] = sources
    return found


def _merged(same: Sequence[Item]) -> Item:
    """One item for the equal ones of every block."""
    chips = tuple(
        Chip(tuple(dict.fromkeys(name for chip in chips for name in chip.names)), chips[0].shape, chips[0].shared)
        for chips in zip(*(item.chips for item in same), strict=True)
    )
    nodes = tuple(node for item in same for node in item.nodes)
    names = tuple(name for item in same for name in item.names)
    return replace(same[0], nodes=nodes, names=names, chips=chips)
