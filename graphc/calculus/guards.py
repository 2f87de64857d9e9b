"""A zero in front of what overflows: 0·log 0 and 0/0 are 0 where the zero is exact and the other only rounded.

Where y = σ(a) has reached 1, (1 − t)/(1 − y) is 0/0 although t = 1 makes it 0. So the zero is asked for first; and
1 − σ(a), which loses its digits, becomes σ(−a).
"""

from __future__ import annotations

from ..graph.node import Leaf, Map
from ..graph.scalar import (
    ONE,
    ZERO,
    Apply,
    Index,
    Number,
    Read,
    Scalar,
    apply,
    indices,
    move,
    mul,
    negative,
    power,
    subtract,
    transform,
    walk,
)
from .structure import constant

INDICATORS = ("binary", "one_hot", "distribution")  # what is often exactly 0


def quotients(body: Scalar) -> Scalar:
    """Zero numerators over a tensor that is never 0 but may be rounded to it."""

    def change(part: Scalar) -> Scalar | None:
        factors = _factors(part)
        below = {f: _vanishing(f.arguments[0]) for f in factors if divides(f)}  # type: ignore[attr-defined]
        if None in below.values() or not below:
            return None
        above = [f for f in factors if f not in below and not constant(f)]
        if not above or any(_exponential(f) for f in above):
            return None
        exact = (power(base, f.arguments[1]) for f, base in below.items())  # type: ignore[attr-defined, arg-type]
        return _unless_zero(above, mul(*(f for f in factors if f not in below), *exact))

    return transform(body, change)


def indicators(body: Scalar) -> Scalar:
    """Zero targets in front of a logarithm or over a denominator; what stands beside its 1 − t is a target too."""
    numerators = {factor for part in walk(body) for factor in _factors(part)}
    shares: set[Scalar] = {f for f in numerators if isinstance(f, Read) and subtract(ONE, f) in numerators}
    shares |= {subtract(ONE, share) for share in shares}

    def change(part: Scalar) -> Scalar | None:
        if guarded(part):
            return part
        factors = _factors(part)
        risky = [f for f in factors if (divides(f) or _is(f, "log")) and not constant(f)]
        zeros = [f for f in factors if _indicates(f) or f in shares or any(_silences(f, one) for one in risky)]
        return _unless_zero(zeros, part) if zeros and risky else None

    return transform(body, change)


def _silences(factor: Scalar, risky: Scalar) -> bool:
    """t in t·log(y), element by element: t log t is 0 at 0, its limit."""
    elements = isinstance(factor, Read) and _is(risky, "log") and isinstance(risky.children[0], Read)
    return elements and indices(factor) == indices(risky)


def guarded(part: Scalar) -> bool:
    """`where(u == 0, 0, …)`."""
    if not (isinstance(part, Apply) and part.operation == "where" and part.arguments[1] is ZERO):
        return False
    condition = part.arguments[0]
    return isinstance(condition, Apply) and condition.operation == "eq" and condition.arguments[1] is ZERO


def _unless_zero(above: list[Scalar], value: Scalar) -> Scalar:
    return Apply("where", (apply("eq", mul(*above), ZERO), ZERO, value))


def _factors(part: Scalar) -> tuple[Scalar, ...]:
    return part.arguments if isinstance(part, Apply) and part.operation == "mul" else ()


def _is(term: Scalar, operation: str) -> bool:
    return isinstance(term, Apply) and term.operation == operation


def divides(term: Scalar) -> bool:
    if not (isinstance(term, Apply) and term.operation == "pow") or constant(term):
        return False
    exponent = term.arguments[1]
    return isinstance(exponent, Number) and exponent.value < 0


def _vanishing(base: Scalar) -> Scalar | None:
    """The base, written without loss, if it is a positive function that may be rounded to 0."""
    if isinstance(base, Read):
        return base if _definition(base, "exp", "sigma") is not None else None
    if _is(base, "sigma") or _is(base, "exp"):
        return base
    return complement(base)


def complement(body: Scalar) -> Scalar | None:
    """σ(−a) for 1 − y where y is σ(a), so that no digits are lost."""
    if isinstance(body, Apply) and body.operation == "add" and len(body.arguments) == 2 and ONE in body.arguments:
        (other,) = (term for term in body.arguments if term is not ONE)
        positive = negative(other)
        inner = _definition(positive, "sigma") if isinstance(positive, Read) else positive
        if isinstance(inner, Apply) and inner.operation == "sigma":
            return apply("sigma", negative(inner.arguments[0]))
    return None


def _definition(read: Read, *operations: str) -> Scalar | None:
    """What the read stands for, if it is one of these operations."""
    node = read.tensor
    if isinstance(node, Map) and node.plain and node.reduce is None and any(_is(node.body, o) for o in operations):
        return move(node.body, {Index(axis): form for axis, form in enumerate(read.subscripts)})
    return None


def _exponential(term: Scalar) -> bool:
    """What is better divided as an exponential, so that only the difference of the exponents must fit."""
    if isinstance(term, Read) and _definition(term, "sigma") is not None:
        return True
    return any(
        _is(part, "exp") or (isinstance(part, Read) and _definition(part, "exp") is not None) for part in walk(term)
    )


def _indicates(term: Scalar) -> bool:
    """t or 1 − t for a target that is often exactly 0 or 1."""
    if isinstance(term, Apply) and term.operation == "add" and len(term.arguments) == 2 and ONE in term.arguments:
        (other,) = (part for part in term.arguments if part is not ONE)
        term = negative(other)
    leaf = term.tensor if isinstance(term, Read) else None
    return isinstance(leaf, Leaf) and any(attribute in leaf.attributes for attribute in INDICATORS)
