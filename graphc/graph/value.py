"""A tensor while it is read: the sizes of its axes and what one element is.

The body of a value stands over its axes, counted from the right as NumPy aligns them: `Index(-1)` is the last axis.
So elementwise operations on values of one shape put bodies together as they are, and nothing is moved. A body may
also depend on indices of the equation round it; then the value is *open*, and becomes a node only with the equation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..language.errors import GraphcError
from .node import Leaf, Node
from .scalar import (
    ZERO,
    Affine,
    Apply,
    Index,
    Number,
    Position,
    Read,
    Reduce,
    Scalar,
    add,
    affine,
    apply,
    indices,
    move,
    mul,
    number,
    position,
    power,
    walk,
)
from .size import Size, size

# A deeper body is cut, and its part becomes a node: whoever walks bodies may recurse.
MAX_DEPTH = 64
MAX_RANK = 64  # NumPy's own


@dataclass(frozen=True, slots=True)
class Value:
    """`name` is what messages call it."""

    extents: tuple[Size, ...]
    body: Scalar
    name: str = ""

    @property
    def rank(self) -> int:
        return len(self.extents)

    @property
    def called(self) -> str:
        return self.name or "this"


def axes(rank: int) -> tuple[Index, ...]:
    return tuple([Index(axis) for axis in range(-rank, 0)])


def of_node(node: Node) -> Value:
    return Value(node.extents, node.read(map(affine, axes(node.rank))), node.name or "")


def of_number(value: int | float | Fraction) -> Value:
    return Value((), number(value))


def of_size(value: Size) -> Value:
    return Value((), position(value))


def shape_text(extents: Iterable[Size]) -> str:
    return f"[{', '.join(map(str, extents))}]"


def at(value: Value, subscripts: Sequence[Affine]) -> Scalar:
    """One element of a value."""
    return move(value.body, dict(zip(axes(value.rank), subscripts, strict=True)))


def is_open(value: Value) -> bool:
    """Whether it hangs on indices of the equation round it, or has reductions whose extents that equation will tell."""
    return any(not isinstance(index.key, int) for index in indices(value.body)) or any(
        index.key.extent is None for part in walk(value.body) if isinstance(part, Reduce) for index in part.indices
    )


def simple(value: Value) -> bool:
    """Whether using it twice costs nothing: a number, a size, or one element of a tensor."""
    return not isinstance(value.body, (Apply, Reduce)) or not value.body.children


def permutes(value: Value) -> bool:
    """Whether it is a tensor with its axes in some order and nothing else."""
    body = value.body
    if not isinstance(body, Read) or body.guarded:
        return False
    plain = [form.plain for form in body.subscripts]
    return None not in plain and set(plain) == set(axes(value.rank)) and len(plain) == value.rank


def constant(value: Value) -> Size | None:
    """The whole number or size that it is, where it is one: such a value may stand in an extent."""
    form = subscript(value.body) if not value.rank else None
    return form.offset if form is not None and not form.terms else None


def exact(body: Scalar) -> Fraction | None:
    """The rational number that a body is; a constant of the net is its number."""
    if isinstance(body, Number):
        return body.value
    if isinstance(body, Read) and isinstance(body.tensor, Leaf):
        return body.tensor.value if body.tensor.kind == "const" else None
    if isinstance(body, Apply) and body.operation in ("add", "mul"):
        total = Fraction(body.operation == "mul")
        for part in body.arguments:
            known = exact(part)
            if known is None:
                return None
            total = total + known if body.operation == "add" else total * known
        return total
    return None


def subscript(body: Scalar) -> Affine | None:
    """The body as a subscript: affine in indices and integer reads, with sizes as coefficients; else None."""
    if isinstance(body, Position):
        return body.affine
    known = exact(body)
    if known is not None:
        return affine(int(known)) if known.denominator == 1 else None
    if isinstance(body, Read):
        return affine(body) if body.tensor.integer else None
    if not isinstance(body, Apply) or body.operation not in ("add", "mul"):
        return None
    parts = [subscript(part) for part in body.arguments]
    total = affine(0 if body.operation == "add" else 1)
    for part in parts:
        if part is None:
            return None
        if body.operation == "add":
            total += part
        elif not part.terms:
            total = total.scaled(part.offset)
        elif not total.terms:
            total = part.scaled(total.offset)
        else:
            return None
    return total


def broadcast(values: Sequence[Value], sign: str = "") -> tuple[Size, ...]:
    """The shape that NumPy gives, or an error that names the axes."""
    shape = max((value.extents for value in values), key=len)
    if all(value.extents == shape or not value.extents for value in values):
        return shape
    rank = len(shape)
    out = [size(1)] * rank
    origin: list[Value | None] = [None] * rank
    for value in values:
        for place, extent in enumerate(value.extents, rank - value.rank):
            if out[place].value == 1:
                out[place], origin[place] = extent, value
            elif extent.value != 1 and extent is not out[place]:
                other = origin[place]
                assert other is not None
                raise GraphcError(_misfit(other, value, place - rank, sign))
    return tuple(out)


def _misfit(left: Value, right: Value, axis: int, sign: str) -> str:
    what = f"the operands of `{sign}`" if sign else "these"
    shapes = " and ".join(
        f"{value.name} {shape_text(value.extents)}" if value.name else shape_text(value.extents)
        for value in (left, right)
    )
    return (
        f"{what} do not fit: {shapes} differ in the last axis"
        if axis == -1
        else (f"{what} do not fit: {shapes} differ in axis {axis}")
    )


def stretched(value: Value, shape: tuple[Size, ...]) -> Scalar:
    """The body of a value broadcast to a shape: an axis of extent 1 is read at 0."""
    if value.extents == shape:
        return value.body
    zeros = {
        Index(axis): affine(0)
        for axis in range(-value.rank, 0)
        if value.extents[axis].value == 1 and shape[axis].value != 1
    }
    return move(value.body, zeros) if zeros else value.body


def elementwise(make: Callable[..., Scalar], values: Sequence[Value], sign: str = "") -> Value:
    """`make` of the elements, with broadcasting."""
    for value in values:
        tensor(value)
    shape = broadcast(values, sign)
    return Value(shape, shared(make(*[stretched(value, shape) for value in values]), MAX_DEPTH))


def tensor(value: Value | tuple[Value, ...]) -> Value:
    """The value, refused where it is a shape."""
    if not isinstance(value, Value):
        raise GraphcError("a shape is no number", "shapes are for reshape(x, (n, 400))")
    return value


def shared(body: Scalar, depth: int = 0) -> Scalar:
    """A part that is to be a node of its own, where it is deeper than `depth`."""
    return Reduce(None, (), body) if body.depth > depth else body


# Arithmetic on scalars, in which indices and sizes stay one affine form.


def plus(*terms: Scalar) -> Scalar:
    if any(isinstance(term, Position) for term in terms) and all(map(_positional, terms)):
        total = affine(0)
        for term in terms:
            form = subscript(term)
            assert form is not None
            total += form
        return position(total)
    return add(*terms)


def times(*factors: Scalar) -> Scalar:
    if any(isinstance(factor, Position) for factor in factors) and all(map(_positional, factors)):
        form = subscript(Apply("mul", factors))
        if form is not None:
            return position(form)
    return mul(*factors)


def raised(base: Scalar, exponent: Scalar) -> Scalar:
    if base is ZERO and isinstance(exponent, Number) and exponent.value < 0:
        raise GraphcError("a division by zero")
    if isinstance(base, Position) and not base.affine.terms and isinstance(exponent, Number):
        p = exponent.value
        if p.denominator == 1 and 0 < p <= 8:
            product = size(1)
            for _ in range(int(p)):
                product *= base.affine.offset
            return position(product)
    return power(base, exponent)


def over(left: Scalar, right: Scalar) -> Scalar:
    if right is ZERO:
        raise GraphcError("a division by zero")
    return mul(left, power(right, -1))


def opposite(term: Scalar) -> Scalar:
    return times(number(-1), term)


def minus(left: Scalar, right: Scalar) -> Scalar:
    return plus(left, opposite(right))


def _positional(term: Scalar) -> bool:
    return isinstance(term, Position) or (isinstance(term, Number) and term.value.denominator == 1)


def compared(operation: str) -> Callable[[Scalar, Scalar], Scalar]:
    def make(left: Scalar, right: Scalar) -> Scalar:
        return apply(operation, left, right)

    return make
