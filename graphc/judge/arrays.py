"""Arrays of nodes: what NumPy does with shapes, in the few lines that are needed of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from ..language.errors import GraphcError
from .dims import Dim, Misfit


@dataclass(frozen=True)
class Array:
    """A tensor: its shape, and its elements in order."""

    shape: tuple[int, ...]
    items: tuple[int, ...]

    def at(self, place: tuple[int, ...]) -> int:
        flat = 0
        for index, length in zip(place, self.shape, strict=True):
            flat = flat * length + index
        return self.items[flat]


Value = int | Array  # a scalar is its node


def array(value: Value) -> Array:
    return value if isinstance(value, Array) else Array((), (value,))


def scalar_or(value: Array) -> Value:
    return value if value.shape else value.items[0]


def length(dim: Dim) -> int:
    size = dim.size
    if size is None:
        raise GraphcError("how far an index runs cannot be told: no read has it alone", "say it: sum[i<3](…)")
    return size


def sizes(dims: tuple[Dim, ...]) -> tuple[int, ...]:
    return tuple(length(dim) for dim in dims)


def box(shape: tuple[int, ...]) -> Any:
    return product(*map(range, shape))


def broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    out = [*sorted(shapes, key=len)[-1]]
    for shape in shapes:
        for k in range(1, len(shape) + 1):
            if out[-k] == 1:
                out[-k] = shape[-k]
            elif shape[-k] not in (1, out[-k]):
                raise Misfit(f"shapes {' and '.join(str(list(s)) for s in shapes)} do not fit")
    return tuple(out)


def stretched(value: Value, shape: tuple[int, ...]) -> tuple[int, ...] | list[int]:
    if not isinstance(value, Array) or not value.shape:
        one = value.items[0] if isinstance(value, Array) else value
        return [one] * prod(shape)
    if value.shape == shape:
        return value.items
    return [value.at(tuple(front(place, value.shape))) for place in box(shape)]


def front(place: Any, shape: tuple[int, ...]) -> list[int]:
    """A place of a broadcast shape in one of the shapes that it came from."""
    place = list(place)[len(place) - len(shape) :]
    return [0 if size == 1 else k for k, size in zip(place, shape, strict=True)]


def permuted(value: Array, order: tuple[int, ...]) -> Array:
    """The axes in another order."""
    if order == tuple(range(len(order))):
        return value
    shape = tuple(value.shape[k] for k in order)
    back = [order.index(k) for k in range(len(order))]
    return Array(shape, tuple(value.at(tuple(place[k] for k in back)) for place in box(shape)))
