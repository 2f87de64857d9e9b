"""An independent derivative: HIPS autograd differentiates a plain evaluation of the graph.

It knows each operation's value only; how a maximum or |x| is differentiated at a kink is said by how it is written.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from functools import reduce

import autograd.numpy as anp
import numpy as np
from autograd import jacobian
from autograd.extend import defvjp, primitive
from reference import bind_sizes

from graphc.graph.node import Leaf, Map, Node, order
from graphc.graph.scalar import Affine, Index, Number, Position, Read, Scalar
from graphc.graph.size import Size

erf = primitive(np.vectorize(math.erf, otypes=[float]))
defvjp(erf, lambda _, z: lambda g: g * 2 / np.sqrt(np.pi) * anp.exp(-(z**2)))


def choose(condition: np.ndarray, yes: object, no: object) -> object:
    """`where` with branches of the full shape: autograd's does not sum a branch that was broadcast."""
    full = np.ones(np.broadcast_shapes(condition.shape, _value(yes).shape, _value(no).shape))
    return anp.where(condition, yes * full, no * full)


OPERATIONS = {
    "add": lambda *a: reduce(anp.add, a),
    "mul": lambda *a: reduce(anp.multiply, a),
    "pow": lambda a, b: a**b,
    "exp": anp.exp, "log": anp.log, "sin": anp.sin, "cos": anp.cos, "tanh": anp.tanh, "erf": erf,
    "sigma": lambda z: 1 / (1 + anp.exp(-z)),
    "softplus": lambda z: anp.logaddexp(0.0, z),
    "abs": lambda z: z * np.sign(_value(z)),
    "sign": lambda z: np.sign(_value(z)),
    "step": lambda z: (_value(z) > 0) * 1.0,
    "max": lambda a, b: choose(_value(a) >= _value(b), a, b),
    "min": lambda a, b: choose(_value(a) <= _value(b), a, b),
    "where": lambda c, a, b: choose(_value(c) != 0, a, b),
    "and": lambda a, b: (_value(a) != 0) & (_value(b) != 0),
    "lt": lambda a, b: _value(a) < _value(b), "le": lambda a, b: _value(a) <= _value(b),
    "gt": lambda a, b: _value(a) > _value(b), "ge": lambda a, b: _value(a) >= _value(b),
    "eq": lambda a, b: _value(a) == _value(b), "ne": lambda a, b: _value(a) != _value(b),
    "pi": lambda: np.pi,
}  # fmt: skip


def jacobian_of(of: Node, wrt: Node, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """∂of/∂wrt, of's axes first; an inner node moves freely."""
    nodes, reached = order([of, wrt]), order([of])
    known = forward(nodes, values, {})
    shape = np.shape(known[of]) + np.shape(known[wrt])
    if wrt not in reached or 0 in shape:
        return np.zeros(shape)
    with warnings.catch_warnings():  # a part that does not depend on it is no surprise
        warnings.simplefilter("ignore", UserWarning)
        return jacobian(lambda moved: forward(nodes, values, {wrt: moved})[of])(np.asarray(known[wrt], float))


def forward(nodes: list[Node], values: Mapping[str, np.ndarray], moved: Mapping[Node, object]) -> dict[Node, object]:
    sizes = bind_sizes([node for node in nodes if isinstance(node, Leaf)], values)
    done: dict[Node, object] = {}
    for node in nodes:
        if node in moved:
            done[node] = moved[node]
        elif isinstance(node, Map):
            done[node] = _map(node, done, sizes)
        elif node.kind == "const":
            done[node] = np.asarray(float(node.value))
        else:
            done[node] = np.asarray(values[node.name], int if node.integer else float)
    return done


def _value(x: object) -> np.ndarray:
    while hasattr(x, "_value"):
        x = x._value
    return np.asarray(x)


def _extent(size: Size, sizes: Mapping[str, int]) -> int:
    return size(**{name: sizes[name] for name in size.names})


def _map(node: Map, done: Mapping[Node, object], sizes: Mapping[str, int]) -> object:
    box = tuple(_extent(e, sizes) for e in node.box)
    shape = tuple(_extent(e, sizes) for e in node.extents)
    grid = np.indices(box)

    def place(form: Affine) -> np.ndarray:
        total = np.full(box, _extent(form.offset, sizes))
        for atom, coefficient in form.terms:
            value = grid[atom.key] if isinstance(atom, Index) else _value(scalar(atom)).astype(int)
            total = total + value * _extent(coefficient, sizes)
        return total

    def scalar(term: Scalar) -> object:
        if isinstance(term, Number):
            return float(term.value)
        if isinstance(term, Position):
            return place(term.affine) * 1.0
        if isinstance(term, Read):
            places = [place(form) for form in term.subscripts]
            array = done[term.tensor]
            if not term.guarded or not places:
                return array[tuple(places)]
            inside = np.all([(p >= 0) & (p < n) for p, n in zip(places, array.shape, strict=True)], axis=0)
            safe = tuple(np.where(inside, p, 0) for p in places)
            return anp.where(inside, array[safe], 0.0)
        return OPERATIONS[term.operation](*map(scalar, term.arguments))

    body = scalar(node.body)
    body = body * np.ones(box) if node.reduce not in ("argmax", "argmin") else _value(body) * np.ones(box)
    if node.plain:
        return (
            _reduced(node.reduce, anp.reshape(body, (*shape, math.prod(box[len(shape) :]))), shape)
            if node.reduce
            else body
        )
    places = [place(form) for form in node.write]
    inside = np.all([np.ones(box, bool)] + [(p >= 0) & (p < n) for p, n in zip(places, shape, strict=True)], axis=0)
    flat = np.ravel_multi_index(tuple(np.where(inside, p, 0) for p in places), shape) if shape else np.zeros(box, int)
    hits = (flat[..., None] == np.arange(int(np.prod(shape)))) & inside[..., None]
    axes = len(box)
    return anp.reshape(anp.tensordot(body, hits * 1.0, axes=axes), shape)


def _reduced(kind: str, rows: object, shape: tuple[int, ...]) -> object:
    if kind == "sum":
        return anp.sum(rows, axis=-1)
    if kind == "prod":
        return reduce(anp.multiply, [rows[..., k] for k in range(rows.shape[-1])], np.ones(shape))
    if kind == "logsumexp":
        top = np.max(_value(rows), axis=-1, keepdims=True)
        return anp.log(anp.sum(anp.exp(rows - top), axis=-1)) + top[..., 0]
    pick = (np.argmax if "max" in kind else np.argmin)(_value(rows), axis=-1)
    if kind.startswith("arg"):
        return pick
    return anp.sum(rows * (np.arange(rows.shape[-1]) == pick[..., None]), axis=-1)
