"""How targets are written for an input: one encoder for each attribute that an input can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...graph.node import Leaf
from ...language.errors import GraphcError
from .axes import fitted, known, signature
from .column import Column
from .dataset import Target
from .labels import Explain, class_numbers, counted, every_row, far_out


@dataclass
class Wanted:
    """One input and what goes to it. `limit` is how many classes a subscript may name, where one is known.

    `first_line` is that of the first row, where the rows are lines of a file.
    """

    leaf: Leaf
    target: Target
    data: str
    sizes: dict[str, int]
    dtype: np.dtype
    limit: int | None = None
    first_line: int = 0

    @property
    def values(self) -> np.ndarray:
        return self.target.values

    @property
    def row(self) -> tuple[int, ...]:
        return self.values.shape[1:]

    @property
    def what(self) -> str:
        return f"`{self.leaf.name}` of {self.data}"

    def fit(self) -> tuple[int, ...]:
        shape = fitted(self.row, self.leaf.extents[1:], self.sizes)
        if shape is None:
            raise self.unfit()
        return shape

    def unfit(self) -> GraphcError:
        extents = [extent.bind(self.sizes) for extent in self.leaf.extents[1:]]
        return GraphcError(
            f"{signature(self.leaf)} takes {_row(list(map(str, extents)))} for each example, "
            f"and what {self.data} has for it is {_row(list(map(str, self.row)))}"
        )

    def check(self, right: Callable[[np.ndarray], np.ndarray], wrong: str, hint: Explain = lambda piece: None) -> None:
        every_row(self.values, self.what, self.first_line, right, wrong, hint)

    def classes(self, count: int | None) -> int:
        """The largest of the class numbers that the values have to be."""
        return class_numbers(self.values, count, self.what, self.first_line)

    def column(self, shape: tuple[int, ...], one_hot: int = 0) -> Column:
        dtype = np.dtype(np.int64) if self.leaf.integer else self.dtype
        if self.values.dtype.kind == dtype.kind == "f" and self.values.dtype.itemsize > dtype.itemsize:
            most = np.finfo(str(dtype)).max
            self.check(lambda v: np.abs(v) <= most, f"is too large for {dtype}")
        return Column(self.values, shape, dtype, one_hot, axes=self.row)


def _row(axes: list[str]) -> str:
    """The shape of a row in words."""
    if len(axes) > 1:
        return f"an array of {' × '.join(axes)}"
    return "one number" if axes in ([], ["1"]) else f"{axes[0]} numbers"


def encode(wanted: Wanted) -> Column:
    """The column of this input, checked row by row against what the input may be."""
    kind = next((kind for kind in ENCODERS if kind in wanted.leaf.attributes), "numbers")
    return ENCODERS[kind](wanted)


def _one_hot(wanted: Wanted) -> Column:
    """Class numbers, or what is one-hot already."""
    extents, sizes = wanted.leaf.extents[1:], wanted.sizes
    bound = dict(sizes)
    shape = fitted(wanted.row, extents[:-1], bound)
    if shape is not None:
        width = _classes(wanted, known(extents[-1:], sizes)[0])
        sizes.update(bound)
        if extents[-1].value is None:
            sizes[str(extents[-1])] = width
        return wanted.column((*shape, width), one_hot=width)
    shape = wanted.fit()
    wanted.check(_is_one_hot, "is not one-hot: a single 1 among zeros")
    return wanted.column(shape)


def _classes(wanted: Wanted, width: int | None) -> int:
    """How many classes the input tells apart; the labels are class numbers below that."""
    names, leaf = wanted.target.classes, wanted.leaf
    if width is not None and len(names) > width:
        raise GraphcError(
            f"{wanted.data} has {len(names)} classes ({counted(names)}), and {signature(leaf)} tells {width} apart",
            f"let the last axis of `{leaf.name}`, and the layer before the loss, have {len(names)}",
        )
    top = wanted.classes(width or len(names) or None)
    strange = far_out(wanted.values) if width is None and not names else None
    if strange is not None:
        row, label, below = strange
        line = f" (line {wanted.first_line + row:,})" if wanted.first_line else ""
        said = f"{label} in row {row + 1:,}{line} is out of range: the other classes are 0 to {below}"
        raise GraphcError(f"{wanted.what}: {said}", f"where it is right, say how many classes there are: k={label + 1}")
    return width or len(names) or top + 1


def _integer(wanted: Wanted) -> Column:
    shape = wanted.fit()
    wanted.classes(wanted.limit or len(wanted.target.classes) or None)
    return wanted.column(shape)


def _binary(wanted: Wanted) -> Column:
    names, leaf = wanted.target.classes, wanted.leaf
    if len(names) > 2:
        axes = ", ".join(map(str, leaf.shape[:-1] if leaf.rank > 1 else leaf.shape))
        raise GraphcError(
            f"{wanted.data} has {len(names)} classes ({counted(names)}), and {signature(leaf)} tells two apart",
            f"declare `input {leaf.name}[{axes}, {len(names)}] : one_hot`, with {len(names)} outputs and a softmax",
        )
    shape = wanted.fit()
    wanted.check(lambda v: (v == 0) | (v == 1), "is neither 0 nor 1", _of_plus_minus_one)
    return wanted.column(shape)


def _unit(wanted: Wanted) -> Column:
    shape = wanted.fit()
    wanted.check(lambda v: (v > 0) & (v < 1), "is not between 0 and 1")
    return wanted.column(shape)


def _distribution(wanted: Wanted) -> Column:
    shape = wanted.fit()
    wanted.check(_is_distribution, "is no distribution: its numbers do not add up to 1")
    return wanted.column(shape)


def _numbers(wanted: Wanted) -> Column:
    """Numbers as they are; classes as 0 and 1, or one-hot where there is room for all of them."""
    names, leaf = wanted.target.classes, wanted.leaf
    if names:
        width = known(leaf.extents[-1:], wanted.sizes)[0] if leaf.rank > 1 else 1
        if width is None or width > 1:
            return _one_hot(wanted)
        if len(names) > 2:
            raise GraphcError(
                f"{wanted.data} has {len(names)} classes ({counted(names)}), and {signature(leaf)} takes one number",
                f"declare `input {leaf.name}[{leaf.shape[0]}, {len(names)}] : one_hot`",
            )
    return wanted.column(wanted.fit())


ENCODERS: dict[str, Callable[[Wanted], Column]] = {
    "one_hot": _one_hot,
    "integer": _integer,
    "binary": _binary,
    "unit": _unit,
    "distribution": _distribution,
    "numbers": _numbers,
}


def _is_one_hot(rows: np.ndarray) -> np.ndarray:
    return (((rows == 0) | (rows == 1)).all(axis=-1)) & (rows.sum(axis=-1) == 1)


def _is_distribution(rows: np.ndarray) -> np.ndarray:
    return (rows >= 0).all(axis=-1) & (np.abs(rows.sum(axis=-1) - 1) < 1e-3)


def _of_plus_minus_one(values: np.ndarray) -> str | None:
    return "from -1 and 1, (t + 1)/2 makes 0 and 1" if np.isin(values, (-1, 1)).all() else None
