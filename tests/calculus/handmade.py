"""Nodes built by hand: what the front end would make of an equation, a line each."""

from __future__ import annotations

from collections.abc import Sequence

from graphc.graph.node import Leaf, Map, Node, plain_map
from graphc.graph.scalar import Index, Read, Scalar, affine, apply, number
from graphc.graph.size import Sizelike, size

I, J, K, M = (Index(k) for k in range(4))  # noqa: E741


def leaf(name: str, *extents: Sizelike, kind: str = "param", assume: Sequence[str] = ()) -> Leaf:
    return Leaf(kind, name, tuple(map(size, extents)), tuple(assume))


def at(tensor: Node, *subscripts: Index | Read | Sizelike, inside: bool = False) -> Read:
    return tensor.read(map(affine, subscripts), inside)


def equation(
    name: str | None,
    extents: Sequence[Sizelike],
    body: Scalar | int,
    reduce: str | None = None,
    over: Sequence[Sizelike] = (),
) -> Map:
    """The first indices I, J, … are the axes, those after them are reduced."""
    body = body if isinstance(body, Scalar) else number(body)
    labels = "ijkmno"[: len(extents) + len(over)]
    return plain_map(name, map(size, extents), body, labels, reduce, map(size, over))


def f(operation: str, *arguments: Scalar | int) -> Scalar:
    return apply(operation, *(a if isinstance(a, Scalar) else number(a) for a in arguments))


def plus(*terms: Scalar | int) -> Scalar:
    return f("add", *terms)


def times(*factors: Scalar | int) -> Scalar:
    return f("mul", *factors)


def minus(a: Scalar | int, b: Scalar | int) -> Scalar:
    return plus(a, times(-1, b))


def over(a: Scalar | int, b: Scalar | int) -> Scalar:
    return times(a, f("pow", b, -1))
