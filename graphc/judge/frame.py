"""What is known while shapes are read: the formula being read, its scope, and how shapes are put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..language.constant import constant
from ..language.errors import GraphcError
from ..language.expression import Call, Definition, Expression, Number, Tuple
from ..language.text import text
from .arrays import Value
from .dag import ELEMENTWISE
from .dims import Dim, Misfit, join
from .total import text_of

Shape = tuple[Dim, ...]
REDUCTIONS = ("sum", "mean", "max", "min", "prod", "logsumexp")
FORMS = (*REDUCTIONS, *ELEMENTWISE, "where", "transpose", "flatten", "concat", "reshape", "inside", "sqrt")


@dataclass(eq=False)
class Frame:
    """One formula being read. `own` says whether it sees the names of the file."""

    own: bool = True
    level: int = 0
    arguments: dict[str, Shape] = field(default_factory=dict)
    given: dict[str, tuple[Expression, Frame]] = field(default_factory=dict)
    sizes: dict[str, Dim] = field(default_factory=dict)
    lead: Shape = ()
    bound: dict[Expression, Shape] = field(default_factory=dict)
    calls: dict[Call, tuple[Definition, Frame, Shape]] = field(default_factory=dict)
    shapes: dict[Expression, Shape] = field(default_factory=dict)


Scope = Mapping[str, Dim]


def blamed(error: GraphcError, e: Expression, own: bool) -> GraphcError:
    """The error with the innermost expression of the file that is at fault."""
    if own and not hasattr(error, "culprit"):
        error.culprit = e  # type: ignore[attr-defined]
    return error


Env = Mapping[str, int]  # the places of indices


@dataclass(eq=False)
class Reading:
    """A frame with the values of its arguments."""

    frame: Frame
    values: dict[str, Value] = field(default_factory=dict)
    memo: dict[tuple[Any, ...], Value] = field(default_factory=dict)
    guarded: bool = False
    apart: tuple[str, ...] = ()  # free indices that are called as sizes
    inner: Reading | None = None  # the same inside `inside(…)`


class Guarded(dict[str, Dim]):
    """The scope inside `inside(…)`."""


def broadcast(shapes: list[Shape], what: Expression | str) -> Shape:
    """The shape that NumPy gives."""
    out = [*sorted(shapes, key=len)[-1]]
    for shape in shapes:
        for k in range(1, len(shape) + 1):
            if out[-k].size == 1:
                out[-k] = shape[-k]
            elif shape[-k].size != 1:
                join(out[-k], shape[-k], what)
    return tuple(out)


def axes_of(e: Call, rank: int) -> tuple[int, ...]:
    """The axes that `axis=` names, counted from the left; all of them where it names none."""
    given = dict(e.keywords).get("axis")
    if given is None:
        if e.function == "logsumexp":
            return (rank - 1,) if rank else ()
        return tuple(range(rank))
    named = [static(item, None) for item in (given.items if isinstance(given, Tuple) else (given,))]
    for axis in named:
        if not -rank <= axis < rank:
            raise Misfit(f"in {text_of(e)} there is no axis {axis}")
    return tuple(axis % rank for axis in named)


def order_of(e: Call, rank: int) -> tuple[int, ...]:
    count(e, 1)
    given = dict(e.keywords).get("axes")
    if given is None:
        return tuple(range(rank))[::-1]
    order = tuple(static(item, None) for item in (given.items if isinstance(given, Tuple) else (given,)))
    if any(not -rank <= axis < rank for axis in order) or len({axis % rank for axis in order}) != rank:
        raise Misfit(f"in {text_of(e)} the axes are each named once")
    return tuple(axis % rank for axis in order)


def static(e: Expression | None, default: int | None) -> int:
    if e is None and default is not None:
        return default
    value = None if e is None else constant(e)
    if value is None or value.denominator != 1:
        raise GraphcError("an axis is a whole number")
    return int(value)


def whole(number: Number) -> int:
    if number.value.denominator != 1 or number.value < 1:
        raise GraphcError(f"`{text(number)}` is no size")
    return int(number.value)


def count(e: Call, wanted: int) -> None:
    if len(e.arguments) != wanted:
        raise GraphcError(
            f"{e.function}(…) takes {wanted} argument{'s' * (wanted > 1)}, and here are {len(e.arguments)}"
        )
