"""What a graph means, in the slowest and plainest way: every node evaluated over its whole box in float64.

The compilers are tested against this; it shares no code with them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np

from graphc.graph.node import Leaf, Map, Node, order
from graphc.graph.scalar import Affine, Apply, Index, Number, Position, Read, Scalar
from graphc.graph.size import Size

ERF = np.vectorize(math.erf, otypes=[float])
UNARY = {
    "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "erf": ERF,
    "sigma": lambda z: np.exp(-np.logaddexp(0, -z)), "softplus": lambda z: np.logaddexp(0, z),
    "abs": np.abs, "sign": np.sign, "step": lambda z: (z > 0) * 1.0,
}  # fmt: skip
BINARY = {
    "pow": lambda a, b: np.power(np.asarray(a, float), b),
    "max": np.maximum, "min": np.minimum, "lt": np.less, "le": np.less_equal, "gt": np.greater,
    "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal, "and": np.logical_and,
}  # fmt: skip


def bind_sizes(leaves: list[Leaf], values: Mapping[str, np.ndarray]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for leaf in leaves:
        if leaf.kind in ("input", "param"):
            for extent, given in zip(leaf.extents, np.shape(values[leaf.name]), strict=True):
                for name in extent.names:
                    if str(extent) == name:
                        assert sizes.setdefault(name, given) == given
    return sizes


def evaluate(roots: list[Node], values: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """The roots' values; `values` holds inputs and params by name."""
    nodes = order(roots)
    sizes = bind_sizes([node for node in nodes if isinstance(node, Leaf)], values)
    done: dict[Node, np.ndarray] = {}
    with np.errstate(all="ignore"):
        for node in nodes:
            done[node] = _leaf(node, values, sizes) if isinstance(node, Leaf) else _map(node, done, sizes)
    return [done[root] for root in roots]


def _extent(size: Size, sizes: Mapping[str, int]) -> int:
    return size(**{name: sizes[name] for name in size.names})


def _leaf(leaf: Leaf, values: Mapping[str, np.ndarray], sizes: Mapping[str, int]) -> np.ndarray:
    shape = tuple(_extent(e, sizes) for e in leaf.extents)
    if leaf.kind == "const":
        return np.asarray(float(leaf.value))
    if leaf.kind == "mask":
        return np.ones(shape)
    return np.asarray(values[leaf.name], int if leaf.integer else float).reshape(shape)


def _map(node: Map, done: Mapping[Node, np.ndarray], sizes: Mapping[str, int]) -> np.ndarray:
    box = tuple(_extent(e, sizes) for e in node.box)
    shape = tuple(_extent(e, sizes) for e in node.extents)
    grid = {Index(k): np.arange(n).reshape([-1 if j == k else 1 for j in range(len(box))]) for k, n in enumerate(box)}

    def form(a: Affine) -> np.ndarray:
        total = np.asarray(_extent(a.offset, sizes))
        for atom, coefficient in a.terms:
            value = grid[atom] if isinstance(atom, Index) else scalar(atom)
            total = total + value * _extent(coefficient, sizes)
        return total

    memo: dict[Scalar, np.ndarray] = {}

    def scalar(term: Scalar) -> np.ndarray:
        if term not in memo:
            memo[term] = compute(term)
        return memo[term]

    def compute(term: Scalar) -> np.ndarray:
        if isinstance(term, Number):
            return np.asarray(float(term.value))
        if isinstance(term, Position):
            return form(term.affine)
        if isinstance(term, Read):
            array = done[term.tensor]
            where = [form(s) for s in term.subscripts]
            inside = np.asarray(True)
            for w, n in zip(where, array.shape, strict=True):
                inside = inside & (w >= 0) & (w < n)
            if not term.guarded and 0 not in box:
                assert inside.all(), f"{term} out of range"
            if array.size == 0:
                return np.zeros(np.broadcast_shapes(*(w.shape for w in where)))
            safe = tuple(np.clip(w, 0, n - 1) for w, n in zip(where, array.shape, strict=True))
            value = array[safe]
            return np.where(inside, value, 0) if term.guarded else value
        assert isinstance(term, Apply)
        arguments = [scalar(a) for a in term.arguments]
        match term.operation:
            case "add":
                return sum(arguments[1:], arguments[0])
            case "mul":
                return math.prod(arguments[1:], start=arguments[0])
            case "where":
                return np.where(arguments[0].astype(bool), arguments[1], arguments[2])
            case "pi":
                return np.asarray(math.pi)
            case operation if operation in UNARY:
                return np.asarray(UNARY[operation](arguments[0]))
            case operation:
                return np.asarray(BINARY[operation](*arguments), float)

    values = np.broadcast_to(np.asarray(scalar(node.body)), box)
    values = values if node.integer else values.astype(float)
    if node.plain:
        axes = tuple(range(len(shape), len(box)))
        return reduce_over(node.reduce, values, axes)
    assert node.reduce in (None, "sum")
    out = np.zeros(shape)
    where = [np.broadcast_to(form(s), box) for s in node.write]
    for place in itertools.product(*map(range, box)):
        target = tuple(int(w[place]) for w in where)
        inside = all(0 <= i < n for i, n in zip(target, shape, strict=True))
        assert inside or node.guarded
        if inside:
            out[target] += values[place]
    return out


def reduce_over(kind: str | None, values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    if kind is None:
        return values
    if kind in ("argmax", "argmin"):  # the first winner, counted through the reduced indices in order
        flat = _flat(values, axes)
        return getattr(np, kind)(flat, axis=-1)
    if kind == "logsumexp":
        return np.logaddexp.reduce(_flat(values, axes), axis=-1)
    return {"sum": np.sum, "max": np.max, "min": np.min, "prod": np.prod}[kind](values, axis=axes)


def _flat(values: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The reduced axes, which come last, as one."""
    kept = values.shape[: axes[0]]
    return values.reshape((*kept, math.prod(values.shape[axes[0] :])))
