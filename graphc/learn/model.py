"""Models: layers and formulas from inputs to outputs, written as a `.net` text and read back from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..graph.network import Network, read_network
from ..graph.node import Leaf, Node
from ..graph.operators import input as input_leaf
from ..language.errors import GraphcError
from ..language.parse import parse_net
from ..language.source import Source
from .layers import Layer
from .model_text import ModelText, model_text

if TYPE_CHECKING:
    from ..graph.operators import Shape


class Model:
    """What inputs and outputs have between them: `gc.Model(x, y)`, or lists of them.

    `network` is what its text says; every figure, derivation and program comes from that.
    """

    def __init__(self, inputs: Leaf | Sequence[Leaf], outputs: Node | Sequence[Node], name: str = "model") -> None:
        given = [inputs] if isinstance(inputs, Node) else list(inputs)
        for leaf in given:
            if not isinstance(leaf, Leaf) or leaf.kind != "input":
                raise GraphcError(f"{leaf!r} is no input", 'an input is gc.input("x", ("n", 2))')
        self._of(model_text(name, given, [outputs] if isinstance(outputs, Node) else list(outputs)), name)

    def _of(self, written: ModelText, name: str) -> None:
        self.name, self._written = name, written
        self.network = _read(written.text, name)

    def to_net(self) -> str:
        """The model as a `.net` file has it."""
        return self._written.text

    @property
    def weights(self) -> dict[str, Leaf]:
        """The parameters of its layers by their names here, as the tensors have them that the model was made from."""
        return {name: layer.weights[letter] for name, (layer, letter) in self._written.weights.items()}

    def __getitem__(self, name: str) -> Node:
        return self.network[name]

    def __repr__(self) -> str:
        return f"<{self.name}: {', '.join(str(node.name) for node in self.network.outputs)}>"


class Sequential(Model):
    """One layer after the other: `gc.Sequential([gc.Dense(4, "relu"), gc.Dense(1, "sigma")], input=(2,))`.

    `input` is the shape of one example, or an input that was declared.
    """

    def __init__(self, layers: Iterable[Layer], input: Shape | Leaf, name: str = "model") -> None:
        self.layers = list(layers)
        if not self.layers:
            raise GraphcError("a model has at least one layer")
        x: Any = input if isinstance(input, Leaf) else _first(input, self.layers[0])
        tensor: Node = x
        for layer in self.layers:
            tensor = layer(tensor)
        super().__init__(x, tensor, name)


def _first(shape: Shape, layer: Layer) -> Leaf:
    sizes = list(shape) if isinstance(shape, Sequence) and not isinstance(shape, str) else [shape]
    return input_leaf("x", ("n", *sizes), "integer" if layer.integers else ())


def _read(text: str, name: str) -> Network:
    return read_network(parse_net(Source(f"{name}.net", text)), name)
