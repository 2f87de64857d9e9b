"""From the tensors of a model to its text: each layer writes its equation, other tensors are written as they are.

Names that nobody chose are given here, in the order in which things are computed, so that the same model has the same
text whatever was made before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from pathlib import Path

from ..graph.arithmetic import rational
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.operators import library_function
from ..graph.scalar import Index, Scalar, affine, mul
from ..graph.text import statement
from ..language.errors import GraphcError
from ..language.source import read_source
from ..language.text import text
from ..models import path as model_path
from .layers import CALLS, Layer, chosen_name, named


@dataclass
class ModelText:
    """A text in the language, and which layer each of its parameters belongs to, by which letter."""

    text: str
    weights: dict[str, tuple[Layer, str]] = field(default_factory=dict)


def model_text(title: str, inputs: Sequence[Leaf], outputs: Sequence[Node]) -> ModelText:
    """The text of the model from these inputs to these outputs."""
    return _Writing(inputs, outputs).text(title)


def text_of(model: str | Path) -> str:
    """The text of a `.net` file or of a built-in model."""
    return read_source(model_path(str(model)) or Path(model)).text


def network_text(network: Network) -> str:
    """The text of a network that was read or made: its tensors as they are."""
    loss = [network.loss] if network.loss is not None else []
    tensors = list(dict.fromkeys([*network.nodes.values(), *network.outputs, *loss]))
    names = {node: f"y{number}" for number, node in enumerate(network.outputs, 1)} | dict.fromkeys(loss, "L")
    names |= {node: node.name for node in tensors if node.name is not None}
    calls = told(order(tensors))
    for node in dict.fromkeys(node for made, call in calls.items() for node in (*call.arguments, made)):
        if node not in names:
            names[node] = node.name or _free("z", names.values())
            tensors.append(node)
    lines = [f"# {network.title or network.name}", *(_line(node, calls, names.get) for node in tensors)]
    lines += [f"output {', '.join(names[node] for node in network.outputs)}"] if network.outputs else []
    return "\n".join([*lines, *(f"loss {names[node]}" for node in loss)]) + "\n"


@dataclass(frozen=True)
class Told:
    """A tensor as a call of the library, `concat({}, {}, axis=1)`, of tensors that have names."""

    formula: str
    arguments: tuple[Node, ...]


def told(nodes: Iterable[Node]) -> dict[Node, Told]:
    """The tensors that are better told as the call that made them: dropouts, and tensors side by side."""
    found = ((node, _dropout(node) or _side_by_side(node)) for node in nodes if isinstance(node, Map))
    return {node: call for node, call in found if call is not None}


def _dropout(node: Map) -> Told | None:
    """Another tensor times a mask, which the language has no word for."""
    masks = [leaf for leaf in node.inputs if isinstance(leaf, Leaf) and leaf.kind == "mask"]
    if not masks:
        return None
    others = [tensor for tensor in node.inputs if tensor not in masks]
    if len(masks) > 1 or len(others) != 1 or node.body is not _product(others[0], masks[0]):
        raise GraphcError("a dropout is part of a longer formula", "give what it makes a name of its own")
    return Told(f"dropout({{}}, {text(rational(masks[0].value or Fraction(0)))})", (others[0],))


def _product(tensor: Node, mask: Leaf) -> Scalar:
    places = tuple(affine(Index(axis)) for axis in range(mask.rank))
    return mul(tensor.read(places), mask.read(places))


def _side_by_side(node: Map) -> Told | None:
    """What `concat` makes of the same tensors is the same tensor."""
    parts = [read.tensor for read in node.reads]
    concat = library_function("concat")
    if concat is None or len(parts) < 2 or node.reduce or not all(read.guarded for read in node.reads):
        return None
    for axis in range(node.rank):
        with suppress(GraphcError):  # not along this one
            made = concat(*parts, axis=axis)
            if isinstance(made, Map) and made.body is node.body and made.box == node.box:
                return Told(f"concat({', '.join('{}' for _ in parts)}, axis={axis})", tuple(parts))
    return None


def _line(node: Node, calls: Mapping[Node, Told], name_of: Callable[[Node], str | None]) -> str:
    """The statement of a tensor."""
    call = calls.get(node)
    if call is None:
        return statement(node, name_of)
    return f"{name_of(node)} = {call.formula.format(*map(name_of, call.arguments))}"


def _free(letter: str, taken: Collection[str]) -> str:
    return next(name for name in (f"{letter}{number}" for number in count(1)) if name not in taken)


def steps(outputs: Iterable[Node]) -> list[Node]:
    """Every tensor after those that it is computed from. What a layer has inside is not looked at."""
    done: dict[Node, None] = {}
    pending = [(named(node), False) for node in reversed(list(outputs))]
    while pending:
        node, ready = pending.pop()
        if ready:
            done[node] = None
        elif node not in done:
            pending.append((node, True))
            pending += [(below, False) for below in reversed(_below(node)) if below not in done]
    return list(done)


def _below(node: Node) -> tuple[Node, ...]:
    call = CALLS.get(node)
    return (call.x,) if call else tuple(map(named, node.inputs))


class _Writing:
    """One text in the making."""

    def __init__(self, inputs: Sequence[Leaf], outputs: Sequence[Node]) -> None:
        self.inputs, self.outputs = list(inputs), list(dict.fromkeys(map(named, outputs)))
        self.nodes = steps(self.outputs)
        self._check()
        self.calls = told(node for node in self.nodes if node not in CALLS)
        self.layers = list(dict.fromkeys(CALLS[node].layer for node in self.nodes if node in CALLS))
        self.names: dict[Node, str] = {}
        self.counts: Counter[str] = Counter()
        self.taken: set[str] = set()
        self._choose()

    def _check(self) -> None:
        for node in self.outputs:
            if not isinstance(node, Map):
                raise GraphcError(f"`{node.name}` is given, and an output is computed")
        for node in self.nodes:
            if isinstance(node, Leaf) and node.kind == "input" and node not in self.inputs:
                raise GraphcError(f"the outputs need `{node.name}`, which is not among the inputs", "list it there")
        for leaf in self.inputs:
            if leaf not in self.nodes:
                raise GraphcError(f"no output needs the input `{leaf.name}`")

    # -- names

    def _choose(self) -> None:
        owners: dict[str, Node | Layer] = {}
        for node in self.nodes:
            name = chosen_name(node)
            if name is not None:
                owner = CALLS[node].layer if node in CALLS else node
                if owners.setdefault(name, owner) is not owner:
                    raise GraphcError(f"two tensors are called `{name}`")
                self.names[node] = self._free(name)
        several = len(self.outputs) > 1
        for number, node in enumerate(self.outputs, 1):
            if node not in self.names:
                self.names[node] = self._free(f"y{number}" if several else "y")
        numbers = {layer: number for number, layer in enumerate((one for one in self.layers if one.weights), 1)}
        for layer in self.layers:
            for letter, leaf in layer.weights.items():
                self.names[leaf] = self._free(f"{letter}_{layer.name}" if layer.name else f"{letter}{numbers[layer]}")
        read = {CALLS[node].x for node in self.nodes if node in CALLS}
        read |= {named(tensor) for made, call in self.calls.items() for tensor in (made, *call.arguments)}
        for node in self.nodes:
            if node not in self.names and (node in CALLS or node in read):
                self.names[node] = self._made_up(node, numbers)

    def _made_up(self, node: Node, numbers: dict[Layer, int]) -> str:
        call = CALLS.get(node)
        letter = call.layer.letter if call else "z"
        if call and call.layer in numbers:
            return self._free(f"{letter}{numbers[call.layer]}")
        self.counts[letter] += 1
        return self._free(f"{letter}{self.counts[letter]}")

    def _free(self, name: str) -> str:
        number, found = 1, name
        while found in self.taken:
            number += 1
            found = f"{name}_{number}"
        self.taken.add(found)
        return found

    def _name_of(self, node: Node) -> str | None:
        return self.names.get(named(node))

    # -- lines

    def text(self, title: str) -> ModelText:
        leaves = [node for node in self.nodes if isinstance(node, Leaf) and node.kind not in ("input", "mask")]
        weights = {self.names[leaf]: (layer, letter) for layer in self.layers for letter, leaf in layer.weights.items()}
        own = {leaf: None for layer in self.layers for leaf in layer.weights.values()}
        lines = [f"# {title}"]
        lines += [statement(leaf, self._name_of) for leaf in dict.fromkeys([*self.inputs, *leaves, *own])]
        lines += dict.fromkeys(self._definitions())
        computed = [node for node in self.nodes if isinstance(node, Map) and node in self.names]
        in_order = [node for node in computed if node in self.outputs] == self.outputs
        for node in computed:
            lines.append("output " * (in_order and node in self.outputs) + self._equation(node))
        if not in_order:
            lines.append(f"output {', '.join(self.names[node] for node in self.outputs)}")
        return ModelText("\n".join(lines) + "\n", weights)

    def _definitions(self) -> Iterator[str]:
        for node in self.nodes:
            if node in CALLS:
                yield from CALLS[node].layer.definitions(CALLS[node].x.extents)

    def _equation(self, node: Map) -> str:
        call = CALLS.get(node)
        if call is None:
            return _line(node, self.calls, self._name_of)
        names = {"y": self.names[node], "x": self.names[call.x]}
        names |= {letter: self.names[leaf] for letter, leaf in call.layer.weights.items()}
        return call.layer.equation(call.x.extents, names)
