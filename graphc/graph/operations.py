"""Whole-tensor operations as functions on values: each says what one element of its result is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ..language.errors import GraphcError
from .arguments import ArgumentError
from .extents import bound
from .extract import node_value, settled
from .scalar import Affine, Index, Read, Reduce, add, affine, apply, move
from .size import Size, size
from .value import (
    MAX_RANK,
    Value,
    axes,
    broadcast,
    compared,
    elementwise,
    minus,
    over,
    permutes,
    plus,
    raised,
    shape_text,
    simple,
    tensor,
    times,
)


def operand(value: Value) -> Value:
    """What is read many times over: a tensor, so that each element is computed once."""
    return value if simple(value) else node_value(value)


def matmul(left: Value, right: Value) -> Value:
    """`left @ right`, as NumPy has it: vectors, matrices, and stacks of matrices."""
    for side in (left, right):
        tensor(side)
        if not side.rank:
            raise GraphcError(f"`@` multiplies vectors and matrices, and {side.called} is a scalar", "write `*`")
    inner, other = left.extents[-1], right.extents[-1 if right.rank == 1 else -2]
    if inner is not other:
        raise GraphcError(
            f"`@` does not fit: the last axis of {_shaped(left)} has {inner} elements, "
            f"and the {'' if right.rank == 1 else 'last but one '}axis of {_shaped(right)} has {other}"
        )
    left, right = operand(left), operand(right)
    k = bound("k", inner)
    columns = int(right.rank > 1)  # axes that the right side adds to the end
    rows = int(left.rank > 1)
    stack = broadcast(
        [Value(left.extents[:-2], left.body, left.name), Value(right.extents[:-2], right.body, right.name)], "@"
    )
    shape = stack + left.extents[-2:-1] + right.extents[-1:] * columns

    def put(value: Value, own: dict[int, Index | None], shift: int) -> dict[Index, Affine]:
        places = {}
        for axis in range(-value.rank, 0):
            if axis in own:
                target = own[axis]
                places[Index(axis)] = affine(k if target is None else target)
            else:
                stretch = value.extents[axis].value == 1 and shape[axis + shift].value != 1
                places[Index(axis)] = affine(0) if stretch else affine(Index(axis + shift))
        return places

    shift = 2 - rows - columns
    a = put(left, {-1: None, -2: Index(-1 - columns)}, shift)
    b = put(right, {-1: None} if not columns else {-2: None, -1: Index(-1)}, shift)
    body = Reduce("sum", (k,), times(move(left.body, a), move(right.body, b)))
    return settled(Value(shape, body))


def _shaped(value: Value) -> str:
    return f"{value.name or 'the operand'} {shape_text(value.extents)}"


def chosen(value: Value, axis: int | tuple[int, ...] | None) -> Sequence[int]:
    """The axes that `axis=` names, counted from the right; all of them where it names none."""
    found = range(-value.rank, 0) if axis is None else [_axis(value, one) for one in many(axis)]
    if len(set(found)) < len(found):
        raise GraphcError("an axis is named twice")
    return found


def reduced(kind: str, value: Value, chosen: Sequence[int], keepdims: bool = False) -> Value:
    """`sum(x)`, `max(x, axis=-1, keepdims=true)` over the chosen axes."""
    if not chosen:
        return value
    for one in chosen:
        if kind in ("max", "min") and value.extents[one].value == 0:
            raise GraphcError(f"the {kind} of no elements: axis {one + value.rank} of {_shaped(value)} is empty")
    letters = "ijklmnopqrstuvwxyz"
    tokens = {one: bound(letters[(one + value.rank) % 18], value.extents[one]) for one in chosen}
    places, left = {}, []
    for one in range(-value.rank, 0):
        if one in tokens:
            places[Index(one)] = affine(tokens[one])
            left += [size(1)] * keepdims
        else:
            left.append(value.extents[one])
    if not keepdims:
        kept = [one for one in range(-value.rank, 0) if one not in tokens]
        places |= {Index(one): affine(Index(place - len(kept))) for place, one in enumerate(kept)}
    body = Reduce(kind, tuple(tokens[one] for one in sorted(tokens)), move(value.body, places))
    return settled(Value(tuple(left), body))


def many(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    return axis if isinstance(axis, tuple) else (axis,)


def _axis(value: Value, axis: int) -> int:
    """Counted from the right."""
    if not -value.rank <= axis < value.rank:
        raise GraphcError(f"{_shaped(value)} has no axis {axis}")
    return axis - value.rank if axis >= 0 else axis


def transpose(value: Value, order: tuple[int, ...] | None = None) -> Value:
    """The axes in another order; reversed unless one is given."""
    old = axes(value.rank)
    chosen = [_axis(value, one) for one in order] if order is not None else list(range(-1, -value.rank - 1, -1))
    if sorted(chosen) != list(range(-value.rank, 0)):
        raise GraphcError(f"the axes of {_shaped(value)} are each named once")
    places = {Index(one): affine(old[place]) for place, one in enumerate(chosen)}
    return Value(tuple(value.extents[one] for one in chosen), move(value.body, places), value.name)


def concat(values: Sequence[Value], axis: int = 0) -> Value:
    """One after the other along an axis: each part is read where it lies and is 0 elsewhere."""
    first = values[0]
    if not first.rank:
        raise ArgumentError(0, f"{first.called} is a scalar and has no axis to put it along")
    along = _axis(first, axis)
    for place, other in enumerate(values[1:], 1):
        same = other.rank == first.rank and all(
            a is b for k, (a, b) in enumerate(zip(first.extents, other.extents, strict=True)) if k - first.rank != along
        )
        if not same:
            message = f"{_shaped(first)} and {_shaped(other)} differ in more than axis {along + first.rank}"
            raise ArgumentError(place, message)
    parts, start = [], size(0)
    for place, value in enumerate(values):
        part = value if permutes(value) else node_value(value)
        if not isinstance(part.body, Read):
            message = "what is put together depends on an index here; give it a name of its own first"
            raise ArgumentError(place, message)
        body = move(part.body, {Index(along): affine(Index(along)) + affine(-start)})
        assert isinstance(body, Read)
        parts.append(Read(body.tensor, body.subscripts, len(values) > 1))
        start += value.extents[along]
    shape = tuple(start if k - first.rank == along else e for k, e in enumerate(first.extents))
    return Value(shape, add(*parts))


def reshape(value: Value, shape: Sequence[Size | None]) -> Value:
    """The elements in the same order under another shape; None is the axis that follows from the others."""
    new = _completed(value, shape)
    if len(new) > MAX_RANK:
        raise GraphcError(f"a tensor has at most {MAX_RANK} axes")
    if new == value.extents:
        return value
    from .views import regrouped

    return regrouped(node_value(value), new)


def _completed(value: Value, shape: Sequence[Size | None]) -> tuple[Size, ...]:
    have, given = product(value.extents), product(e for e in shape if e is not None)
    wanted = f"[{', '.join('-1' if e is None else str(e) for e in shape)}]"
    complaint = GraphcError(f"{_shaped(value)} has {have} elements and cannot become {wanted}")
    if None not in shape:
        if have is not given:
            raise complaint
        return tuple(shape)  # type: ignore[arg-type]
    if sum(e is None for e in shape) > 1:
        raise GraphcError("only one axis can follow from the others")
    try:
        rest = have // given
    except ValueError:
        raise complaint from None
    if rest * given is not have:
        raise complaint
    return tuple(rest if e is None else e for e in shape)


def product(extents: Iterable[Size]) -> Size:
    total = size(1)
    for extent in extents:
        total *= extent
    return total


def flatten(value: Value) -> Value:
    """All axes but the first as one."""
    if not value.rank:
        raise GraphcError(f"{value.called} is a scalar and has no axis 0 to keep")
    return reshape(value, (value.extents[0], product(value.extents[1:])))


def floor_quotient(left: Size, right: Size) -> Size:
    """`left // right` of sizes."""
    try:
        return left // right
    except ValueError as error:
        raise GraphcError(str(error)) from None


COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}


def compare(values: Sequence[Value], operators: Sequence[str]) -> Value:
    """`a < b <= c` is 1 where all of it holds."""
    result: Value | None = None
    for left, right, operator in zip(values, values[1:], operators, strict=False):
        one = elementwise(compared(COMPARISONS[operator]), [left, right], operator)
        result = one if result is None else elementwise(compared("and"), [result, one])
    assert result is not None
    return result


def where(condition: Value, yes: Value, no: Value) -> Value:
    return elementwise(lambda *parts: apply("where", *parts), [condition, yes, no])


def _comparison(sign: str, left: Value, right: Value) -> Value:
    return compare([left, right], [sign])


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "add": lambda a, b: elementwise(plus, [a, b], "+"),
    "sub": lambda a, b: elementwise(minus, [a, b], "-"),
    "mul": lambda a, b: elementwise(times, [a, b], "*"),
    "div": lambda a, b: elementwise(over, [a, b], "/"),
    "pow": lambda a, b: elementwise(raised, [a, b], "**"),
    "matmul": matmul,
    **{name: partial(_comparison, sign) for sign, name in COMPARISONS.items()},
}
