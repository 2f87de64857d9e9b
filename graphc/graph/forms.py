"""Forms: the functions of whole tensors that no formula of one element says, one row each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..language.hints import near
from . import operations
from .arguments import ArgumentError, about
from .scalar import Scalar, apply
from .scope import Scope
from .size import Size
from .value import Value, constant, elementwise, exact

REDUCTIONS = ("sum", "mean", "max", "min", "prod", "logsumexp")
ELEMENTWISE = ("exp", "log", "sin", "cos", "tanh", "erf", "sigma", "softplus", "abs", "sign", "step")


def _arguments(name: str, given: list[Any], keywords: dict[str, Any], least: int, most: int, known: str = "") -> None:
    for key in keywords:
        if key not in known.split():
            hint = near(key, known.split()) or (f"it takes {', '.join(known.split())}" if known else None)
            raise ArgumentError(key, f"{name}(…) has no argument `{key}=`", hint, named=True)
    if not least <= len(given) <= most:
        wanted = str(least) if least == most else f"{least} or more" if most > 9 else f"{least} to {most}"
        message = f"{name}(…) takes {wanted} argument{'s' * (wanted != '1')}, and here are {len(given)}"
        raise ArgumentError(most if len(given) > most else None, message)
    for place, value in enumerate(given):
        if not isinstance(value, Value):
            raise ArgumentError(place, f"{name}(…) takes a tensor here, not a shape")


def _integers(what: str, value: Any) -> int | tuple[int, ...]:
    if isinstance(value, tuple):
        return tuple(_integer(what, one) for one in value)
    return _integer(what, value)


def _integer(what: str, value: Any) -> int:
    extent = constant(value) if isinstance(value, Value) else None
    if extent is None or extent.value is None:
        raise ArgumentError(what, f"`{what}` is a whole number")
    return extent.value


def _reduction(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    if name in ("max", "min") and len(given) == 2:
        _arguments(name, given, keywords, 2, 2)
        return elementwise(_apply(name), given)
    if len(given) > 1:
        hint = f"write {name}(x, axis=1) to reduce an axis"
        raise ArgumentError(1, f"{name}(…) takes one tensor, and here are {len(given)} arguments", hint)
    _arguments(name, given, keywords, 1, 1, "axis keepdims")
    axis = _integers("axis", keywords["axis"]) if "axis" in keywords else -1 if name == "logsumexp" else None
    keepdims = keywords.get("keepdims", False)
    if not isinstance(keepdims, bool):
        raise ArgumentError("keepdims", "`keepdims` is true or false")
    with about("axis"):
        chosen = operations.chosen(given[0], axis)
    with about(0):
        return operations.reduced(name, given[0], chosen, keepdims)


def _apply(operation: str) -> Callable[..., Scalar]:
    return lambda *parts: apply(operation, *parts)


def _elementwise(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1)
    return elementwise(_apply(name), given)


def _where(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 3, 3)
    return operations.where(*given)


def _transpose(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1, "axes")
    order = keywords.get("axes")
    with about("axes"):
        return operations.transpose(given[0], None if order is None else operations.many(_integers("axes", order)))


def _flatten(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1)
    with about(0):
        return operations.flatten(given[0])


def _concat(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 10**6, "axis")
    with about("axis"):
        return operations.concat(given, _integer("axis", keywords["axis"]) if "axis" in keywords else 0)


def _reshape(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    if len(given) != 2:
        hint = "as in reshape(x, (n, 400))"
        raise ArgumentError(2 if len(given) > 2 else None, "reshape(…) takes a tensor and a shape", hint)
    _arguments(name, given[:1], keywords, 1, 1)
    shape = given[1] if isinstance(given[1], tuple) else (given[1],)
    extents: list[Size | None] = []
    for one in shape:
        extent = constant(one) if isinstance(one, Value) else None
        if extent is None or (extent.value is not None and extent.value < -1):
            raise ArgumentError(1, "a shape is made of whole numbers and sizes, as in (n, 400)")
        extents.append(None if extent.value == -1 else extent)
    with about(1):
        return operations.reshape(given[0], extents)


def _dropout(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    which: int | str = "rate" if "rate" in keywords else 1
    others = {key: value for key, value in keywords.items() if key != "rate"}
    given = [*given, keywords["rate"]] if "rate" in keywords else given
    _arguments(name, given, others, 2, 2)
    chance = exact(given[1].body)
    if chance is None or not 0 <= chance < 1:
        raise ArgumentError(which, "the rate of a dropout is a number from 0 up to but not including 1")
    mask = scope.world.mask(given[0].extents, Fraction(chance))
    return operations.BINARY["mul"](given[0], mask)


FORMS: dict[str, Callable[[str, list[Any], dict[str, Any], Scope], Value]] = {
    **dict.fromkeys(REDUCTIONS, _reduction),
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    "where": _where,
    "transpose": _transpose,
    "flatten": _flatten,
    "concat": _concat,
    "reshape": _reshape,
    "dropout": _dropout,
}
