"""Activations by name, for layers to put around their formulas; and as layers of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..graph.node import Node
from ..graph.operators import library_function
from ..language.errors import GraphcError, did_you_mean
from ..language.expression import Definition
from ..language.parse import parse_statement
from .layers import Extents, Layer, Shape, Start

# Functions of one element and of a row, as the language has them, and other names that they go by.
ELEMENTWISE = ("relu", "sigma", "tanh", "softplus", "leaky_relu", "elu", "gelu", "silu", "step", "exp", "abs")
ROWS = ("softmax", "log_softmax")
ALIASES = {"sigmoid": "sigma", "σ": "sigma", "swish": "silu", "linear": "", "none": "", "": ""}
# A name, a formula, or a function of the library such as gc.relu.
Function = str | Callable[..., Node]
PRELU = "prelu(z, slope) = where(z > 0, z, slope*z)"


@dataclass(frozen=True)
class Around:
    """What stands around a formula: `around("x @ W")`. `shapes` and `starts` are those of a slope that is learned."""

    function: str
    definitions: tuple[str, ...] = ()
    slope: bool = False

    def __call__(self, formula: str) -> str:
        slope = ", {alpha}" if self.slope else ""
        return f"{self.function}({formula}{slope})" if self.function else formula

    @property
    def shapes(self) -> dict[str, Shape]:
        return {"alpha": ()} if self.slope else {}

    @property
    def starts(self) -> Mapping[str, Start]:
        return {"alpha": 0.25} if self.slope else {}

    @property
    def rows(self) -> bool:
        """Whether it looks at a row as a whole."""
        return self.function in ROWS


def activation(given: Function | None) -> Around:
    """By its name, as a function of the library, or by a formula of its own: `"swish(z) = z*sigma(z)"`."""
    if given is None:
        return Around("")
    name = getattr(given, "__name__", "")
    if callable(given) and library_function(name) is given:
        given = name
    if not isinstance(given, str):
        raise GraphcError(f"an activation is a name or a formula, not {given!r}", 'as in "relu" or "f(z) = z*sigma(z)"')
    if "=" in given:
        definition = parse_statement(given, "<activation>")
        if not isinstance(definition, Definition):
            raise GraphcError(f"`{given}` defines no function", 'an activation is one: "f(z) = z*sigma(z)"')
        return Around(definition.name, (given.strip(),))
    name = ALIASES.get(given, given)
    if name == "prelu":
        return Around("prelu", (PRELU,), slope=True)
    if name and name not in ELEMENTWISE + ROWS:
        known = (*ELEMENTWISE, *ROWS, "prelu", *filter(None, ALIASES))
        raise GraphcError(
            f"there is no activation `{given}`", did_you_mean(given, known) or f"there are {', '.join(known)}"
        )
    return Around(name)


class Activation(Layer):
    """An activation by itself."""

    letter = "a"

    def __init__(self, function: Function, *, name: str | None = None, trainable: bool = True) -> None:
        super().__init__(name=name, trainable=trainable)
        self.around = activation(function)

    def shapes(self, x: Extents) -> dict[str, Shape]:
        return self.around.shapes

    def formula(self, x: Extents) -> str:
        return "{y} = " + self.around("{x}")

    def definitions(self, x: Extents) -> tuple[str, ...]:
        return self.around.definitions

    @property
    def starts(self) -> Mapping[str, Start]:
        return self.around.starts


class PReLU(Activation):
    """A slope below 0 that is learned: one for all elements, 0.25 at first."""

    def __init__(self, *, name: str | None = None, trainable: bool = True) -> None:
        super().__init__("prelu", name=name, trainable=trainable)
