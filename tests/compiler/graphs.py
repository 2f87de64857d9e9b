"""Random graphs of nodes, every kind of read, reduction and write among them, and arrays to put in."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np

from graphc.graph.node import Leaf, Map, Node, order, plain_map
from graphc.graph.scalar import (
    Affine,
    Index,
    Position,
    Read,
    Scalar,
    add,
    affine,
    apply,
    mul,
    number,
    position,
    power,
)
from graphc.graph.size import Size, size

FREE = {"n": 3, "m": 2}
UNARY = ["exp", "sin", "cos", "tanh", "erf", "sigma", "softplus", "abs", "sign", "step"]
COMPARE = ["lt", "le", "gt", "ge", "eq", "ne"]
REDUCE = ["sum", "sum", "sum", "sum", "max", "min", "prod", "logsumexp", "argmax", "argmin"]


def real(extent: Size, free: dict[str, int]) -> int:
    return extent(**{name: free[name] for name in extent.names})


class Graph:
    """One random graph. Sizes are small; some are free."""

    def __init__(self, rng: Random, empty: bool = False) -> None:
        self.rng = rng
        self.free = {"n": rng.choice([1, 2, 3, 4]), "m": rng.choice([0 if empty else 1, 1, 2, 3])}
        self.sizes = [size("n"), size("m"), size(1), size(2), size(3), size(4), size(5)]
        self.nodes: list[Node] = []
        for k in range(rng.randint(2, 4)):
            extents = tuple(rng.choice(self.sizes) for _ in range(rng.randint(0, 3)))
            self.nodes.append(Leaf("input", f"x{k}", extents))
        self.nodes += [Leaf("input", "nn", (size("n"),)), Leaf("param", "mm", (size("m"),))]
        self.index = Leaf("input", "tok", (size("n"), size(2)), ("integer",))
        for _ in range(rng.randint(1, 5)):
            self.nodes.append(self.node(len(self.nodes)))

    def node(self, k: int) -> Node:
        rng = self.rng
        box = tuple(rng.choice(self.sizes) for _ in range(rng.randint(0, 4)))
        while np.prod([real(e, self.free) for e in box]) > 300:
            box = box[1:]
        body = self.term(box, rng.randint(1, 3))
        name = f"v{k}" if rng.random() < 0.6 else None
        labels = tuple("abcdefgh"[: len(box)])
        if rng.random() < 0.25:
            return self.scatter(name, box, body, labels)
        rank = rng.randint(0, len(box))
        kind = rng.choice(REDUCE)
        if kind != "sum" and kind != "prod" and any(real(e, self.free) == 0 for e in box[rank:]):
            kind = "sum"
        return plain_map(name, box[:rank], body, labels, kind if rank < len(box) else None, box[rank:])

    def scatter(self, name: str | None, box: tuple[Size, ...], body: Scalar, labels: tuple[str, ...]) -> Node:
        """Written anywhere: strided, overlapping, on a diagonal, by index, cut off at the edges."""
        rng = self.rng
        write, extents, guarded = [], [], rng.random() < 0.3
        for _ in range(rng.randint(0, 3)):
            form = self.subscript(box, gather=rng.random() < 0.15)
            low, high = self.reach(form, box)
            form = form + affine(-low) if low < 0 or rng.random() < 0.5 else form
            low, high = self.reach(form, box)
            extent = max(high + 1, 1) + rng.choice([0, 0, 1])
            if guarded and rng.random() < 0.5:
                form, extent = form + affine(rng.choice([-1, 0, 1])), max(1, extent - rng.choice([0, 1]))
            write.append(form)
            extents.append(self.as_size(form, box, extent))
        return Map(name, tuple(extents), box, tuple(write), guarded, "sum", body, labels)

    def as_size(self, form: Affine, box: tuple[Size, ...], extent: int) -> Size:
        """A size as text would give it: the index's own extent where the write is plain."""
        plain = form.plain
        if plain is not None and real(box[plain.key], self.free) == extent and self.rng.random() < 0.8:
            return box[plain.key]
        return size(extent)

    def reach(self, form: Affine, box: tuple[Size, ...]) -> tuple[int, int]:
        low = high = real(form.offset, self.free)
        for atom, step in form.terms:
            top = 3 if isinstance(atom, Read) else max(real(box[atom.key], self.free) - 1, 0)
            far = real(step, self.free) * top
            low, high = low + min(far, 0), high + max(far, 0)
        return low, high

    def subscript(self, box: tuple[Size, ...], gather: bool = False) -> Affine:
        rng = self.rng
        form = affine(0)
        if gather and self.integers(box) is not None:
            return affine(self.integers(box)).scaled(rng.choice([1, 1, 2])) + affine(rng.choice([0, 0, 1]))
        for _ in range(rng.choice([0, 1, 1, 1, 1, 2, 2]) if box else 0):
            form += affine(Index(rng.randrange(len(box)))).scaled(rng.choice([1, 1, 1, 2, -1]))
        return form + affine(rng.choice([0, 0, 0, 1]))

    def integers(self, box: tuple[Size, ...]) -> Read | None:
        places = [affine(Index(k)) for k, extent in enumerate(box) if extent is size("n")]
        if not places:
            return None
        second = [affine(Index(k)) for k, extent in enumerate(box) if extent is size(2)] or [affine(1)]
        return Read(self.index, (places[0], second[0]), False)

    def read(self, box: tuple[Size, ...]) -> Scalar:
        """A tensor at subscripts that are in range, or guarded."""
        rng = self.rng
        tensor = rng.choice(self.nodes)
        forms, guarded = [], False
        for extent in tensor.extents:
            length = real(extent, self.free)
            whole = [affine(Index(k)) for k, own in enumerate(box) if own is extent]
            if whole and rng.random() < 0.7:
                forms.append(rng.choice(whole))
                continue
            form = self.subscript(box, gather=rng.random() < 0.2)
            low, high = self.reach(form, box)
            if low < 0:
                form = form + affine(-low)
                high -= low
            if high >= length:
                shrink = affine(0)
                if length and rng.random() < 0.5:
                    form = shrink
                else:
                    guarded = True
            forms.append(form)
        if guarded and rng.random() < 0.5 and forms:
            forms[0] = forms[0] + affine(-1)
        if tensor.integer and guarded:
            guarded = True
        return Read(tensor, tuple(forms), guarded)

    def term(self, box: tuple[Size, ...], depth: int) -> Scalar:
        rng = self.rng
        if depth == 0:
            pick = rng.random()
            if pick < 0.8:
                return self.read(box)
            if pick < 0.9 and box:
                return Position(self.subscript(box)) if rng.random() < 0.7 else position(Index(rng.randrange(len(box))))
            return number(Fraction(rng.randint(-3, 3), rng.choice([1, 2, 3])))
        inner = lambda: self.term(box, depth - 1)  # noqa: E731
        pick = rng.random()
        if pick < 0.25:
            return mul(*(inner() for _ in range(rng.randint(2, 3))))
        if pick < 0.45:
            return add(*(inner() for _ in range(rng.randint(2, 3))))
        if pick < 0.55:
            return apply(rng.choice(UNARY), apply("tanh", inner()))
        if pick < 0.62:
            return apply("where", apply(rng.choice(COMPARE), inner(), inner()), inner(), inner())
        if pick < 0.68:
            return apply(rng.choice(["max", "min"]), inner(), inner())
        if pick < 0.75:
            return power(
                add(number(2), apply("tanh", inner())), Fraction(rng.choice([-2, -1, 2, 3, 1]), rng.choice([1, 2]))
            )
        if pick < 0.8:
            return apply("log", add(number(2), apply("tanh", inner())))
        if pick < 0.85:
            return mul(power(position(size("n")), -1), inner())
        return self.read(box)

    def arrays(self) -> dict[str, np.ndarray]:
        generator = np.random.default_rng(self.rng.randrange(2**32))
        used = [node for node in order(self.roots()) if isinstance(node, Leaf)]
        out = {
            leaf.name: generator.normal(size=[real(e, self.free) for e in leaf.extents])
            for leaf in used
            if not leaf.integer
        }
        if self.index in used:
            out["tok"] = generator.integers(0, 4, [self.free["n"], 2])
        return out

    def roots(self) -> list[Node]:
        own = [node for node in self.nodes if isinstance(node, Map)]
        binders = [node for node in self.nodes if node.name in ("nn", "mm")]
        return [*own[-3:], plain_map("bound", (), mul(*(b.read((affine(0),), True) for b in binders)), ())]
