"""Forms: the functions of whole tensors that no formula of one element says, one row each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..language.errors import GraphcError
from ..language.hints import near
from . import operations
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
            raise GraphcError(f"{name}(…) has no argument `{key}=`", hint)
    if not least <= len(given) <= most:
        wanted = str(least) if least == most else f"{least} or more" if most > 9 else f"{least} to {most}"
        raise GraphcError(f"{name}(…) takes {wanted} argument{'s' * (wanted != '1')}, and here are {len(given)}")
    for value in given:
        if not isinstance(value, Value):
            raise GraphcError(f"{name}(…) takes a tensor here, not a shape")


def _integers(what: str, value: Any) -> int | tuple[int, ...]:
    if isinstance(value, tuple):
        return tuple(_integer(what, one) for one in value)
    return _integer(what, value)


def _integer(what: str, value: Any) -> int:
    extent = constant(value) if isinstance(value, Value) else None
    if extent is None or extent.value is None:
        raise GraphcError(f"`{what}` is a whole number")
    return extent.value


def _reduction(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    if name in ("max", "min") and len(given) == 2:
        _arguments(name, given, keywords, 2, 2)
        return elementwise(_apply(name), given)
    if len(given) > 1:
        hint = f"write {name}(x, axis=1) to reduce an axis"
        raise GraphcError(f"{name}(…) takes one tensor, and here are {len(given)} arguments", hint)
    _arguments(name, given, keywords, 1, 1, "axis keepdims")
    axis = _integers("axis", keywords["axis"]) if "axis" in keywords else -1 if name == "logsumexp" else None
    keepdims = keywords.get("keepdims", False)
    if not isinstance(keepdims, bool):
        raise GraphcError("`keepdims` is true or false")
    return operations.reduced(name, given[0], axis, keepdims)


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
    return operations.transpose(given[0], None if order is None else operations._many(_integers("axes", order)))


def _flatten(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 1)
    return operations.flatten(given[0])


def _concat(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    _arguments(name, given, keywords, 1, 10**6, "axis")
    return operations.concat(given, _integer("axis", keywords["axis"]) if "axis" in keywords else 0)


def _reshape(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    if len(given) != 2:
        raise GraphcError("reshape(…) takes a tensor and a shape", "as in reshape(x, (n, 400))")
    _arguments(name, given[:1], keywords, 1, 1)
    shape = given[1] if isinstance(given[1], tuple) else (given[1],)
    extents: list[Size | None] = []
    for one in shape:
        extent = constant(one) if isinstance(one, Value) else None
        if extent is None or (extent.value is not None and extent.value < -1):
            raise GraphcError("a shape is made of whole numbers and sizes, as in (n, 400)")
        extents.append(None if extent.value == -1 else extent)
    return operations.reshape(given[0], extents)


def _dropout(name: str, given: list[Any], keywords: dict[str, Any], scope: Scope) -> Value:
    rate = keywords.pop("rate", None)
    given = given if rate is None else [*given, rate]
    _arguments(name, given, keywords, 2, 2)
    chance = exact(given[1].body)
    if chance is None or not 0 <= chance < 1:
        raise GraphcError("the rate of a dropout is a number from 0 up to but not including 1")
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
