"""A layer is parameters and a formula in the language. Called on a tensor it gives the tensor that its formula makes.

What comes out is a node like any other: `gc.concat`, `+`, `gc.grad` and `gc.Model` take it. A layer that is called
twice has its parameters once, so weights are shared.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from ..graph.library import WORLD
from ..graph.node import Leaf, Map, Node
from ..graph.operators import param
from ..graph.scope import Task
from ..graph.size import Size
from ..graph.statements import Reading
from ..graph.value import Value, of_node
from ..language.errors import GraphcError
from ..language.names import first_stray, normalised
from ..language.parse import parse_net
from ..language.source import Source

Extents = tuple[Size, ...]
Shape = tuple[int, ...]
Start = str | float


class Layer(ABC):
    """`letter` is what its results are called, with a number; a `name` takes the place of both.

    `starts` say how parameters start, where that does not follow from how they are used. A layer with `trainable` false
    keeps its parameters as they are.
    """

    letter = "h"
    integers = False

    def __init__(self, *, name: str | None = None, trainable: bool = True) -> None:
        if name is not None and (not name or first_stray(normalised(name)) is not None):
            raise GraphcError(f"{name!r} cannot be a name", "letters, digits and `_`, not starting with a digit")
        self.name, self.trainable = name, trainable
        self.weights: dict[str, Leaf] = {}

    # -- what a layer says

    def check(self, x: Extents) -> None:  # noqa: B027 - most layers refuse nothing
        """Refuse an input that the layer is not made for."""

    def shapes(self, x: Extents) -> dict[str, Shape]:
        """Its parameters, by the letters that the formula has for them."""
        return {}

    @abstractmethod
    def formula(self, x: Extents) -> str:
        """`{y} = …` over `{x}`, its parameters and any indices."""

    def definitions(self, x: Extents) -> tuple[str, ...]:
        """The functions that the formula needs beside the library's."""
        return ()

    @property
    def starts(self) -> Mapping[str, Start]:
        return {}

    # -- what it does

    def __call__(self, x: Node) -> Node:
        if not isinstance(x, Node):
            raise GraphcError(
                f"{self} is called on a tensor, not on {type(x).__name__}", 'as in Dense(4)(gc.input("x", ("n", 2)))'
            )
        x = called(x)
        with self.complaining(x):
            self.check(x.extents)
            self._build(x)
            names = {"y": self.name or fresh(self.letter), "x": str(x.name)}
            names |= {letter: str(leaf.name) for letter, leaf in self.weights.items()}
            given = {str(node.name): node for node in (x, *self.weights.values())}
            if names["y"] in given:
                raise GraphcError(f"`{names['y']}` is the name of what it reads", "another name=")
            text = "\n".join([*self.definitions(x.extents), self.equation(x.extents, names)])
            found = _Onward(text, given, str(self)).network()[names["y"]]
        CALLS[found] = Call(self, x)
        return found

    def equation(self, x: Extents, names: Mapping[str, str]) -> str:
        """Its formula with these names for what goes in, what comes out and the parameters."""
        return self.formula(x).format_map(_Names(names))

    def _build(self, x: Node) -> None:
        shapes = self.shapes(x.extents)
        if not self.weights:
            end = f"_{self.name}" if self.name else str(next_number())
            starts = self.starts
            self.weights = {letter: param(letter + end, shape, starts.get(letter)) for letter, shape in shapes.items()}
        for letter, leaf in self.weights.items():
            if leaf.shape != shapes[letter]:
                raise GraphcError(
                    f"its parameters were made for another input: {letter} is {list(leaf.shape)}, "
                    f"and here it would be {list(shapes[letter])}",
                    "a layer of its own for each",
                )

    @contextmanager
    def complaining(self, x: Node) -> Iterator[None]:
        """Errors name the layer and the tensor that it is called on."""
        try:
            yield
        except GraphcError as error:
            shape = ", ".join(map(str, x.shape))
            raise GraphcError(f"{self} on {x.name}[{shape}]: {error.message}", error.hint) from None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name or ''})"


@dataclass(frozen=True)
class Call:
    """A layer and the tensor that it was called on."""

    layer: Layer
    x: Node


# How tensors came out of layers, and names for tensors that had none; both last as long as the tensors do.
CALLS: WeakKeyDictionary[Node, Call] = WeakKeyDictionary()
MADE_UP: WeakKeyDictionary[Node, Map] = WeakKeyDictionary()
NAMED: WeakSet[Node] = WeakSet()

_numbers: Counter[str] = Counter()


def next_number(letter: str = "") -> int:
    _numbers[letter] += 1
    return _numbers[letter]


def fresh(letter: str) -> str:
    """A name until a model gives it a better one."""
    return f"{letter}{next_number(letter)}"


def called(x: Node) -> Node:
    """The tensor with a name."""
    if x.name is not None or not isinstance(x, Map):
        return x
    if x not in MADE_UP:
        MADE_UP[x] = x.called(fresh("z"))
        NAMED.add(MADE_UP[x])
    return MADE_UP[x]


def named(node: Node) -> Node:
    """The same tensor with the name that a layer gave it, where one did."""
    return MADE_UP.get(node, node)


def chosen_name(node: Node) -> str | None:
    """The name of a tensor, where somebody chose it."""
    if node in CALLS:
        return CALLS[node].layer.name
    return None if node in NAMED else node.name


class _Names(dict[str, str]):
    """Names for a formula; what has none is an index, and is called as no tensor of the formula is."""

    def __missing__(self, index: str) -> str:
        return f"{index}_" if index in self.values() else index


class _Onward(Reading):
    """A text that goes on from tensors that are there."""

    def __init__(self, text: str, given: Mapping[str, Node], what: str) -> None:
        self._given = given
        super().__init__(parse_net(Source(what, text)), what)

    def has_tensor(self, name: str) -> bool:
        return name in self._given or super().has_tensor(name)

    def tensor(self, name: str) -> Value | Task:
        return of_node(self._given[name]) if name in self._given else super().tensor(name)

    def mask(self, extents: Extents, rate: Fraction) -> Value:
        return WORLD.mask(extents, rate)


def whole(extent: Size, what: str) -> int:
    """A size that a parameter has to have."""
    if extent.value is None:
        raise GraphcError(f"{what} has the free size {extent}, and a parameter needs a number there")
    return extent.value


def count_of(given: Any, what: str, least: int = 1) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise GraphcError(f"{what} is a whole number from {least} up, not {given!r}")
    return given
