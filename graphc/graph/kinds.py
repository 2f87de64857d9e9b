"""The kinds of scalar, interned and immutable: numbers, positions, reads, and operations on them.

A body says what one element of a tensor is. It reads tensors at subscripts that are affine in the indices of the
box, or gathered through an integer tensor.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..interning import Interned
from .size import Size, Sizelike, size

if TYPE_CHECKING:
    from .node import Node


UNIT, NOTHING = size(1), size(0)


class Index(metaclass=Interned):
    """A bound index. In a finished node `key` is its place in the box; while an equation is read, any token."""

    __slots__ = ("__weakref__", "key")

    def __init__(self, key: Any) -> None:
        self.key = key

    def __repr__(self) -> str:
        return f"m{self.key}" if isinstance(self.key, int) else str(self.key)


class Affine(metaclass=Interned):
    """`offset + Σ coefficient·atom`; an atom is an `Index`, or a `Read` of an integer tensor (a gather)."""

    __slots__ = ("__weakref__", "offset", "terms")

    def __init__(self, terms: tuple[tuple[Index | Read, Size], ...], offset: Size) -> None:
        self.terms, self.offset = terms, offset

    @property
    def plain(self) -> Index | None:
        """The index, where the subscript is just that."""
        if len(self.terms) == 1 and not self.offset.terms:
            atom, coefficient = self.terms[0]
            if isinstance(atom, Index) and coefficient.value == 1:
                return atom
        return None

    @property
    def gathers(self) -> tuple[Read, ...]:
        return tuple(atom for atom, _ in self.terms if isinstance(atom, Read))

    def __add__(self, other: Affine) -> Affine:
        total = dict(self.terms)
        for atom, coefficient in other.terms:
            total[atom] = total.get(atom, size(0)) + coefficient
        return Affine(tuple((a, c) for a, c in total.items() if c.terms), self.offset + other.offset)

    def scaled(self, factor: Sizelike) -> Affine:
        factor = size(factor)
        if factor is UNIT:
            return self
        if not factor.terms:
            return Affine((), size(0))
        return Affine(tuple((a, c * factor) for a, c in self.terms), self.offset * factor)

    def __repr__(self) -> str:
        parts = [f"{c}*{a!r}" if c.value != 1 else repr(a) for a, c in self.terms]
        return " + ".join(parts + [str(self.offset)] * bool(self.offset.terms or not parts))


def affine(value: Index | Read | Sizelike | Affine) -> Affine:
    """An index, an integer read or a size, as a subscript."""
    if isinstance(value, Affine):
        return value
    if isinstance(value, (Index, Read)):
        return Affine(((value, UNIT),), NOTHING)
    return Affine((), size(value))


class Scalar(metaclass=Interned):
    """Base of the kinds of scalar. `children` are scalars; subscripts are not among them."""

    __slots__ = ("__weakref__",)
    depth = 0

    @property
    def children(self) -> tuple[Scalar, ...]:
        return ()

    def __repr__(self) -> str:
        return show(self)


class Number(Scalar):
    """An exact rational."""

    __slots__ = ("value",)

    def __init__(self, value: Fraction) -> None:
        self.value = value


class Position(Scalar):
    """An index expression or a size used as a number."""

    __slots__ = ("affine",)

    def __init__(self, affine: Affine) -> None:
        self.affine = affine


class Read(Scalar):
    """One element of a tensor. A guarded read is 0 where a subscript falls outside."""

    __slots__ = ("guarded", "subscripts", "tensor")

    def __init__(self, tensor: Node, subscripts: tuple[Affine, ...], guarded: bool = False) -> None:
        self.tensor, self.subscripts, self.guarded = tensor, subscripts, guarded


class Apply(Scalar):
    """An operation of the table `OPERATIONS` on scalars."""

    __slots__ = ("arguments", "depth", "operation")

    def __init__(self, operation: str, arguments: tuple[Scalar, ...]) -> None:
        self.operation, self.arguments = operation, arguments
        self.depth = 1 + max([argument.depth for argument in arguments], default=0)

    @property
    def children(self) -> tuple[Scalar, ...]:
        return self.arguments


class Reduce(Scalar):
    """A reduction in the middle of a body: only while an equation is read, then it becomes a node of its own.

    With kind None it marks a part that is to be a node because it is used more than once.
    """

    __slots__ = ("body", "indices", "kind")

    def __init__(self, kind: str | None, indices: tuple[Index, ...], body: Scalar) -> None:
        self.kind, self.indices, self.body = kind, indices, body

    @property
    def children(self) -> tuple[Scalar, ...]:
        return (self.body,)


# How many arguments each operation takes; None is any number. Comparisons give 1 or 0. `step` is 1 above 0, else 0.
OPERATIONS: dict[str, int | None] = {
    "add": None, "mul": None, "pow": 2,
    "exp": 1, "log": 1, "sin": 1, "cos": 1, "tanh": 1, "erf": 1, "sigma": 1, "softplus": 1,
    "abs": 1, "sign": 1, "step": 1, "max": 2, "min": 2,
    "lt": 2, "le": 2, "gt": 2, "ge": 2, "eq": 2, "ne": 2, "and": 2, "where": 3, "pi": 0,
}  # fmt: skip
COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
PIECEWISE = frozenset({"abs", "sign", "step", "max", "min", "where", "and"}) | COMPARISONS

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def show(term: Scalar) -> str:
    """For debugging; people read `graph.text`."""
    if isinstance(term, Number):
        return str(term.value)
    if isinstance(term, Position):
        return repr(term.affine)
    if isinstance(term, Read):
        name = term.tensor.name or f"t{id(term.tensor) % 9973}"
        return f"{name}[{','.join(map(repr, term.subscripts))}]" + "?" * term.guarded
    if isinstance(term, Reduce):
        return f"{term.kind}{list(term.indices)}({term.body!r})"
    assert isinstance(term, Apply)
    infix = {"add": " + ", "mul": "*", "pow": "**"}.get(term.operation)
    if infix:
        return "(" + infix.join(map(repr, term.arguments)) + ")"
    return f"{term.operation}({', '.join(map(repr, term.arguments))})"
