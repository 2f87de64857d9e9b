"""The derivative of a scalar body by one of its reads. This file holds the one call of SymPy's `diff`.

Smooth parts are SymPy's. A part defined by pieces is differentiated piece by piece, so that nothing is evaluated on a
branch that was not taken; an operation that stands for a formula (σ, softplus) is differentiated from that formula,
and the result written in values that are already there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

from ..graph.scalar import (
    ONE,
    PIECEWISE,
    ZERO,
    Apply,
    Number,
    Read,
    Scalar,
    add,
    apply,
    divide,
    mul,
    negative,
    number,
    power,
    replace,
    transform,
    walk,
    where,
)
from .bridge import Bridge, Unwritable
from .structure import clothe, constant, placeholder, skeleton

LEVELS = 4  # of nested operations; SymPy is quick on small expressions only
WIDE = 8  # moving factors, from which on a product is differentiated by halves

# What an operation defined by pieces means. A tie goes to the first argument; |x| has a piece of its own at 0.
PIECES: dict[str, Callable[..., Scalar]] = {
    "abs": lambda u: where(apply("gt", u, ZERO), u, where(apply("lt", u, ZERO), negative(u), ZERO)),
    "max": lambda a, b: where(apply("ge", a, b), a, b),
    "min": lambda a, b: where(apply("le", a, b), a, b),
}

# Operations that have a name of their own because they are computed with care; this is what they stand for.
FORMULAS: dict[str, Callable[[Scalar], Scalar]] = {
    "sigma": lambda z: divide(ONE, add(ONE, apply("exp", negative(z)))),
    "softplus": lambda z: apply("log", add(ONE, apply("exp", z))),
}


def derivative(body: Scalar, by: Read) -> Scalar:
    """∂body/∂by, every occurrence of that read counted, the other reads held."""
    shape, leaves = skeleton(body)
    return clothe(_derivative(shape, placeholder(leaves.index(by))), leaves)


def _named(term: Scalar) -> bool:
    return isinstance(term, Apply) and (
        term.operation in PIECEWISE or term.operation in FORMULAS or is_power_at_risk(term)
    )


@lru_cache(maxsize=65536)
def _derivative(shape: Scalar, by: Scalar) -> Scalar:
    if shape is by:
        return ONE
    if by not in walk(shape):
        return ZERO
    if isinstance(shape, Apply) and _named(shape):
        return _named_derivative(shape, by)
    try:
        return _chained(shape, by, LEVELS)
    except Unwritable:  # what SymPy put together has no value; alone, each operation has a derivative
        return _chained(shape, by, 1)


def _chained(shape: Scalar, by: Scalar, levels: int) -> Scalar:
    """SymPy sees a few levels at a time: what lies deeper is a symbol, and the chain rule goes on inside.

    Of a wide product it sees two halves, or each of N factors would stand beside N − 1 others.
    """
    halves = _halves(shape, by)
    bridge = Bridge(lambda part: _named(part) or part in halves or part.depth <= shape.depth - levels)
    expression = bridge.to_sympy(Apply("mul", halves) if halves else shape)
    total = []
    for part, name in list(bridge.names.items()):
        inner = _derivative(part, by)
        if inner is not ZERO:
            total.append(times(bridge.from_sympy(_slope(expression, name)), inner))
    return add(*total)


def _halves(shape: Scalar, by: Scalar) -> tuple[Scalar, ...]:
    """A product of many factors that all move, as two products; else nothing."""
    factors = shape.arguments if isinstance(shape, Apply) and shape.operation == "mul" else ()
    if sum(1 for factor in factors if by in walk(factor)) < WIDE:
        return ()
    middle = len(factors) // 2
    return mul(*factors[:middle]), mul(*factors[middle:])


def _slope(expression: Any, name: Any) -> Any:
    import sympy

    return sympy.diff(expression, name)


def _named_derivative(term: Apply, by: Scalar) -> Scalar:
    if term.operation == "where":
        condition, yes, no = term.arguments
        return where(condition, _derivative(yes, by), _derivative(no, by))
    if term.operation in PIECES:
        return _sign(_derivative(PIECES[term.operation](*term.arguments), by))
    if term.operation in FORMULAS:
        (argument,) = term.arguments
        slope = replace(_formula_slope(term.operation), {placeholder(0): argument})
        return times(slope, _derivative(argument, by))
    if term.operation == "pow":
        return add(*_power_slopes(term, by))
    return ZERO  # comparisons, sign and step are flat wherever they have a derivative


def _power_slopes(term: Apply, by: Scalar) -> Iterator[Scalar]:
    """Of xʸ by x and by y, and 0 where a zero stands before an infinity: y·xʸ⁻¹ at y = 0, xʸ·log x at xʸ = 0."""
    base, exponent = term.arguments
    silent = term if is_flat(base) else exponent
    for place, vanishing in ((0, silent), (1, term)):
        inner = _derivative(term.arguments[place], by)
        if inner is not ZERO:
            slope = replace(_power_slope(place), {placeholder(0): base, placeholder(1): exponent})
            safe = (constant(vanishing) and vanishing is not ZERO) or (place == 1 and _known_positive(base))
            yield times(slope if safe else where(apply("eq", vanishing, ZERO), ZERO, slope), inner)


@cache
def _power_slope(place: int) -> Scalar:
    bridge = Bridge(lambda _: False)
    expression = bridge.to_sympy(power(placeholder(0), placeholder(1)))
    return bridge.from_sympy(_slope(expression, bridge.name(placeholder(place))))


def _known_positive(base: Scalar) -> bool:
    return isinstance(base, Number) and base.value > 0


def is_power_at_risk(term: Apply) -> bool:
    """A power whose slope may be 0·∞ where its value is plain: one with an exponent that varies, a root of squares."""
    if term.operation != "pow":
        return False
    base, exponent = term.arguments
    if isinstance(exponent, Number):
        return exponent.value.denominator != 1 and is_flat(base)
    return not _known_positive(base)


def is_flat(term: Scalar) -> bool:
    """Whether its slope is 0 wherever it is 0: squares, and sums of these."""
    if not isinstance(term, Apply):
        return False
    if term.operation == "add":
        return all(map(is_flat, term.arguments))
    if term.operation == "mul":
        first, *rest = term.arguments
        return (first is rest[0] and len(rest) == 1) or (_known_positive(first) and is_flat(mul(*rest)))
    return term.operation == "pow" and _is_even(term.arguments[1])


def _is_even(exponent: Scalar) -> bool:
    return isinstance(exponent, Number) and exponent.value > 0 and (exponent.value / 2).denominator == 1


def _sign(term: Scalar) -> Scalar:
    """`where(u > 0, 1, where(u < 0, -1, 0))` is called sign(u)."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Apply) and part.operation == "where" and part.arguments[1] is ONE:
            condition, _, no = part.arguments
            if isinstance(condition, Apply) and condition.operation == "gt" and condition.arguments[1] is ZERO:
                u = condition.arguments[0]
                if no is where(apply("lt", u, ZERO), number(-1), ZERO):
                    return apply("sign", u)
        return None

    return transform(term, change)


@cache
def _formula_slope(operation: str) -> Scalar:
    """The derivative of an operation that stands for a formula, at placeholder 0.

    y = σ(z) is e^z/(1 + e^z), so e^z = y/(1 − y) is put in: σ′ comes out as y(1 − y), softplus′ as y.
    """
    import sympy

    z = placeholder(0)
    bridge = Bridge(lambda _: False)
    slope = _slope(bridge.to_sympy(FORMULAS[operation](z)), bridge.name(z))
    y, grown = bridge.name(apply("sigma", z)), sympy.exp(bridge.name(z))
    by_value = slope.xreplace({1 / grown: (1 - y) / y, grown: y / (1 - y)})
    return bridge.from_sympy(sympy.factor(sympy.cancel(by_value)))


def times(*factors: Scalar) -> Scalar:
    """A product with its factors pushed inside a `where`, so that a branch not taken cannot spoil it (0·∞)."""
    for place, factor in enumerate(factors):
        if isinstance(factor, Apply) and factor.operation == "where":
            condition, yes, no = factor.arguments
            rest = factors[:place], factors[place + 1 :]
            return where(condition, times(*rest[0], yes, *rest[1]), times(*rest[0], no, *rest[1]))
    return mul(*factors)


def in_terms_of(value: Read, body: Scalar, term: Scalar) -> Scalar:
    """`term` with `value`, which holds `body` already, read instead of computed again."""
    change: Callable[[Scalar], Scalar | None]
    if isinstance(body, Apply) and body.operation == "pow" and isinstance(body.arguments[1], Number):
        base, p = body.arguments[0], body.arguments[1].value

        def change(part: Scalar) -> Scalar | None:  # b**q = value**(q/p)
            if part is body:
                return value
            if isinstance(part, Apply) and part.operation == "pow" and part.arguments[0] is base:
                q = part.arguments[1]
                if isinstance(q, Number) and (q.value / p).denominator == 1:
                    return power(value, q.value / p)
            return None
    elif isinstance(body, Apply) and body.operation in ("max", "min"):
        first, second = body.arguments
        test = apply("ge" if body.operation == "max" else "le", first, second)

        def change(part: Scalar) -> Scalar | None:  # first >= second just when first >= max(first, second)
            if part is test and isinstance(first, Number):
                return apply(test.operation, first, value)  # type: ignore[attr-defined]
            return value if part is body else None
    elif isinstance(body, Apply):

        def change(part: Scalar) -> Scalar | None:
            return value if part is body else None
    else:
        return term
    return transform(term, change)
