"""Values to start from, by how each parameter is used in the graph.

A parameter that is multiplied and summed over some of its axes is a weight: what is summed for one result is its
fan-in, how many results one element of the input goes into its fan-out. One that is a factor without a sum is a gain
and starts at 1, and one that is added is a bias and starts at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import Apply, Index, Read, Scalar, indices, walk
from ..graph.size import Size, size
from ..language.errors import GraphcError, did_you_mean

if TYPE_CHECKING:
    import numpy as np

Fans = tuple[int, int]

# How far a weight spreads, from fan-in and fan-out; and whether evenly up to a limit, or normally.
RULES: dict[str, tuple[str, Callable[[int, int], float]]] = {
    "glorot": ("uniform", lambda ins, outs: math.sqrt(6 / (ins + outs))),
    "glorot_normal": ("normal", lambda ins, outs: math.sqrt(2 / (ins + outs))),
    "he": ("normal", lambda ins, outs: math.sqrt(2 / ins)),
    "he_uniform": ("uniform", lambda ins, outs: math.sqrt(6 / ins)),
    "lecun": ("normal", lambda ins, outs: math.sqrt(1 / ins)),
    "lecun_uniform": ("uniform", lambda ins, outs: math.sqrt(3 / ins)),
    "normal": ("normal", lambda ins, outs: 0.05),
    "zeros": ("normal", lambda ins, outs: 0.0),
}


def initial(
    network: Network,
    seed: int = 0,
    rule: str = "glorot",
    own: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, np.ndarray]:
    """A value for every parameter, float64, the same for the same seed.

    `own` has another rule, a number or an array for some of them; else what their declarations say counts. The numbers
    that are drawn for one parameter depend on its name alone, not on which others there are. `sizes` are numbers for
    sizes that the network leaves free.
    """
    import numpy as np

    own = dict(own or {})
    names = [str(leaf.name) for leaf in network.params]
    for name in own:
        if name not in names:
            raise GraphcError(f"{network.name} has no parameter `{name}`", did_you_mean(name, names))
    sizes = dict(sizes or {})
    used = roles(network, sizes)
    values: dict[str, np.ndarray] = {}
    for leaf in network.params:
        name, shape = str(leaf.name), shape_of(leaf, sizes)
        said = own.get(name, leaf.start)
        wish = rule if said is None else said
        if not isinstance(wish, str):
            values[name] = _given(name, wish, shape)
        elif isinstance(used[leaf], tuple) or said is not None:
            draws = np.random.Generator(np.random.PCG64([seed, *name.encode()]))
            values[name] = _drawn(wish, _fans(used[leaf], shape), shape, draws)
        else:
            values[name] = np.full(shape, float(used[leaf] == "gain"))
    return values


def _given(name: str, wish: Any, shape: tuple[int, ...]) -> np.ndarray:
    import numpy as np

    value = np.array(wish, float)
    if value.ndim and value.shape != shape:
        raise GraphcError(f"`{name}` should start with shape {shape}, but {value.shape} is given")
    return np.broadcast_to(value, shape).copy()


def _drawn(rule: str, fans: Fans, shape: tuple[int, ...], draws: np.random.Generator) -> np.ndarray:
    if rule not in RULES:
        raise GraphcError(f"there is no rule `{rule}`", did_you_mean(rule, RULES) or f"there are {', '.join(RULES)}")
    kind, spread = RULES[rule]
    scale = spread(*fans)
    return draws.uniform(-scale, scale, shape) if kind == "uniform" else scale * draws.standard_normal(shape)


def _fans(role: Fans | str, shape: Sequence[int]) -> Fans:
    """Of what is no weight by its use: its last axis comes out."""
    if isinstance(role, tuple):
        return role
    return max(1, math.prod(shape[:-1])), max(1, math.prod(shape[-1:]))


def shape_of(leaf: Leaf, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The shape of a parameter, which must be known before there is a value for it."""
    shape = [_number(extent, sizes) for extent in leaf.extents]
    for extent, number in zip(leaf.extents, shape, strict=True):
        if number is None:
            free = next(name for name in extent.names if name not in sizes)
            hint = f'the data tell it where an input has it too; or gc.Model.from_net(…, sizes={{"{free}": 16}}) does'
            raise GraphcError(f"the size `{extent}` of the parameter `{leaf.name}` is not known", hint)
    return tuple(number or 0 for number in shape)


def _number(extent: Size, sizes: Mapping[str, int]) -> int | None:
    return extent.bind({name: size(number) for name, number in sizes.items() if name in extent.names}).value


def roles(network: Network, sizes: Mapping[str, int] = MappingProxyType({})) -> dict[Leaf, Fans | str]:
    """What each parameter is: the fans of a weight, `gain`, or `bias`. Sizes that are not known count as 1."""
    roots: list[Node] = [
        *network.outputs,
        *([network.loss] if network.loss is not None else []),
        *network.nodes.values(),
    ]
    found: dict[Leaf, Fans | str] = {}
    for node in order(roots):
        if not isinstance(node, Map):
            continue
        for read in node.reads:
            leaf = read.tensor
            if not isinstance(leaf, Leaf) or leaf.kind != "param" or isinstance(found.get(leaf), tuple):
                continue
            role = _role(node, read, sizes)
            if isinstance(role, tuple) or role == "gain" or leaf not in found:
                found[leaf] = role
    return {leaf: found.get(leaf, "bias") for leaf in network.params}


def _role(node: Map, read: Read, sizes: Mapping[str, int]) -> Fans | str:
    if any(form.gathers for form in read.subscripts):
        rows, *rest = (_number(extent, sizes) or 1 for extent in read.tensor.extents)
        return rows, math.prod(rest)
    own = indices(read)
    summed = {index for index in own if index in node.reduced}
    if node.reduce == "sum" and summed:
        return _weight(node, read, summed, sizes)
    return "gain" if _factor(node.body, read) else "bias"


def _weight(node: Map, read: Read, summed: set[Index], sizes: Mapping[str, int]) -> Fans:
    """Fans of a weight: its axes that others have too, and that are not summed, are places that share nothing."""
    others = [other for other in node.reads if other is not read and not _parameter(other)]
    elsewhere = {index for other in others for index in indices(other)}
    taps = {index for other in others for form in other.subscripts if len(form.terms) > 1 for index, _ in form.terms}
    extent = {index: _number(node.box[index.key], sizes) or 1 for index in indices(read)}
    ins = math.prod(extent[index] for index in summed)
    kept = [index for index in extent if index not in summed and index not in elsewhere]
    window = [index for index in summed if index in taps]
    return max(1, ins), max(1, math.prod(extent[index] for index in (*kept, *window)))


def _parameter(read: Read) -> bool:
    return read.tensor.kind == "param"


def _factor(body: Scalar, read: Read) -> bool:
    """Whether the read is multiplied with something that is not a number."""
    return any(
        isinstance(part, Apply) and part.operation == "mul" and read in part.arguments and len(part.arguments) > 1
        and any(isinstance(inner, Read) for other in part.arguments if other is not read for inner in walk(other))
        for part in walk(body)
    )  # fmt: skip
