"""A set of examples: input arrays and targets, a row an example, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...language.errors import GraphcError
from .checks import no_gaps, numeric, unmasked


@dataclass(frozen=True)
class Target:
    """What is to be learnt: numbers, masks or, where `classes` names them, numbers of classes counted from 0.

    `title` is what the data call it, if they do.
    """

    values: np.ndarray
    classes: tuple[str, ...] = ()
    title: str = ""

    @classmethod
    def of(cls, given: Any, what: str) -> Target:
        """Numbers as they are; texts as the numbers of classes, which they name in their order."""
        array = np.asanyarray(unmasked(given, what))
        if array.dtype.kind == "U" and array.size and array.ndim:
            names, numbers = np.unique(array, return_inverse=True)
            return cls(numbers.reshape(array.shape), tuple(map(str, names)))
        array = numeric(given, what)
        no_gaps(array, what)
        return cls(array)


@dataclass(frozen=True)
class Dataset:
    """Inputs and targets by name, the first axis of each its rows. `name` is what messages call it.

    `features` name the columns of the inputs; `picture` is the height and width where rows are images. `held_out` are
    examples of the same kind that nothing is to be learnt from. `first_line` is the first row's, where rows are lines.
    """

    name: str
    inputs: Mapping[str, np.ndarray]
    targets: Mapping[str, Target] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    picture: tuple[int, ...] | None = None
    held_out: Dataset | None = None
    first_line: int = 0

    def __post_init__(self) -> None:
        counts = {name: len(array) for name, array in self.arrays()}
        if len(set(counts.values())) > 1:
            listed = ", ".join(f"{name} has {count:,}" for name, count in counts.items())
            raise GraphcError(f"the arrays of {self.name} differ in their rows: {listed}")
        if not counts or not self.rows:
            raise GraphcError(f"{self.name} has no rows")

    @classmethod
    def of(cls, x: Any, t: Any = None, name: str = "the data") -> Dataset:
        """The set that arrays make, or arrays by name; a NaN among them is refused with its row."""
        inputs = {key: numeric(value, f"{name}: `{key}`") for key, value in _named(x, "x").items()}
        for key, array in inputs.items():
            no_gaps(array, f"{name}: `{key}`")
        targets = {key: Target.of(value, f"{name}: `{key}`") for key, value in _named(t, "t").items()}
        return cls(name, inputs, targets)

    def __repr__(self) -> str:
        """`<data spiral: 400 rows, x[2], t in 2 classes; 200 held out>`."""
        parts = [f"{self.rows:,} rows", *(_shaped(name, array) for name, array in self.inputs.items())]
        for name, target in self.targets.items():
            classes = f" in {len(target.classes)} classes" if target.classes else ""
            parts.append(_shaped(name, target.values) + classes)
        held_out = f"; {self.held_out.rows:,} held out" if self.held_out is not None else ""
        return f"<data {self.name}: {', '.join(parts)}{held_out}>"

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        yield from self.inputs.items()
        yield from ((name, target.values) for name, target in self.targets.items())

    @property
    def rows(self) -> int:
        return len(next(array for _, array in self.arrays()))

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes of the first target that has some."""
        return next((target.classes for target in self.targets.values() if target.classes), ())

    def take(self, rows: slice | np.ndarray) -> Dataset:
        """Some of the rows: views of the arrays where `rows` is a slice."""
        targets = {name: replace(target, values=target.values[rows]) for name, target in self.targets.items()}
        inputs = {name: array[rows] for name, array in self.inputs.items()}
        return replace(self, inputs=inputs, targets=targets, held_out=None, first_line=0)


def _shaped(name: str, array: np.ndarray) -> str:
    return name + (f"[{', '.join(map(str, array.shape[1:]))}]" if array.ndim > 1 else "")


def _named(given: Any, name: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    return given if isinstance(given, Mapping) else {name: given}
