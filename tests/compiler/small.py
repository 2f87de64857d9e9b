"""A small net made by hand, with a gradient written out, for tests of programs as such."""

from __future__ import annotations

import numpy as np

from graphc.graph.node import Leaf, Map, plain_map
from graphc.graph.scalar import Index, add, affine, apply, mul, negative, position, power
from graphc.graph.size import size

N, M = size("n"), size("m")
X, T = Leaf("input", "x", (N, M)), Leaf("input", "t", (N,))
W, B = Leaf("param", "w", (M,)), Leaf("param", "b", ())


def at(node, *axes):
    return node.read(affine(Index(axis)) for axis in axes)


A = plain_map("a", (N,), mul(at(X, 0, 1), at(W, 1)), "ij", "sum", (M,))
Y = plain_map("y", (N,), apply("sigma", add(at(A, 0), at(B))), "i")
ERROR = add(at(Y, 0), negative(at(T, 0)))
L = plain_map("L", (), mul(power(position(N), -1), power(ERROR, 2)), "i", "sum", (N,))
DW: Map = plain_map(None, (M,), mul(at(X, 1, 0), add(at(Y, 1), negative(at(T, 1)))), "ji", "sum", (N,))
ROOTS, NAMES = [Y, L, DW], ["y", "L", "dL/dw"]


def arrays(n: int = 5, m: int = 3, dtype: type = float, seed: int = 0) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    shapes = {"x": (n, m), "t": (n,), "w": (m,), "b": ()}
    return {name: np.asarray(generator.normal(size=shape), dtype) for name, shape in shapes.items()}


def expected(x, t, w, b):
    y = 1 / (1 + np.exp(-(x @ w + b)))
    return [y, np.mean((y - t) ** 2), x.T @ (y - t)]
