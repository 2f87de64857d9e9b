"""Scalar operations in the forms that array libraries have: differences, quotients, roots, and σ by exp.

Besides the operations of the language, what comes out may use some that only a program has: sub, div, neg, square,
sqrt, reciprocal, logaddexp, float, the masks bits, nobits, keep and select, and huge, the greatest number of the type.
Nothing here knows of NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..graph.scalar import ONE, ZERO, Apply, Number, Position, Read, Scalar, add, mul, number, power, walk


def static(term: Scalar) -> bool:
    """Whether it is a number that depends on sizes alone."""
    return not any(isinstance(part, Read) or (isinstance(part, Position) and part.affine.terms) for part in walk(term))


def rewritten(term: Apply) -> Scalar:
    """One step towards what a program does; the term itself where nothing is left to do."""
    form = FORMS.get(term.operation)
    return form(term) if form else term


def opposite(term: Scalar) -> Scalar | None:
    """What a term with a minus in front is the negative of."""
    if isinstance(term, Number) and term.value < 0:
        return Number(-term.value)
    if isinstance(term, Apply) and term.operation == "mul":
        first, *rest = term.arguments
        if isinstance(first, Number) and first.value < 0:
            return mul(Number(-first.value), *rest)
    return None


def _difference(term: Apply) -> Scalar:
    """a − b + c is (a + c) − b."""
    below = [part for part in (opposite(argument) for argument in term.arguments) if part is not None]
    if not below:
        return term
    above = [argument for argument in term.arguments if opposite(argument) is None]
    return Apply("sub", (add(*above), add(*below))) if above else Apply("neg", (add(*below),))


def _quotient(term: Apply) -> Scalar:
    """a·b⁻¹·c⁻² is a/(b·c²); what depends on sizes alone stays a factor."""
    below = [factor for factor in term.arguments if not static(factor) and _divides(factor)]
    if below:
        above = [factor for factor in term.arguments if factor not in below]
        divisor = mul(*(power(factor, -1) for factor in below))
        return Apply("div", (mul(*above), divisor))
    first, *rest = term.arguments
    return Apply("neg", (mul(*rest),)) if first is number(-1) else term


def _divides(term: Scalar) -> bool:
    return isinstance(term, Apply) and term.operation == "pow" and _negative(term.arguments[1])


def _negative(exponent: Scalar) -> bool:
    return isinstance(exponent, Number) and exponent.value < 0


def _power(term: Apply) -> Scalar:
    """Roots and small whole powers without a logarithm."""
    base, exponent = term.arguments
    if not isinstance(exponent, Number) or static(base):
        return term
    p = exponent.value
    if p < 0:
        return Apply("reciprocal", (power(base, -p),))
    if p in ROOTS:
        return ROOTS[p](base)
    return term


ROOTS: dict[Fraction, Callable[[Scalar], Scalar]] = {
    Fraction(1, 2): lambda b: Apply("sqrt", (b,)),
    Fraction(2): lambda b: Apply("square", (b,)),
    Fraction(3): lambda b: mul(Apply("square", (b,)), b),
    Fraction(4): lambda b: Apply("square", (Apply("square", (b,)),)),
    Fraction(3, 2): lambda b: mul(Apply("sqrt", (b,)), b),
}


def _sigma(term: Apply) -> Scalar:
    """1/(1 + e⁻ᶻ): where e⁻ᶻ is infinite the quotient is 0, as it should be."""
    (z,) = term.arguments
    return Apply("reciprocal", (add(ONE, Apply("exp", (mul(number(-1), z),))),))


FORMS: dict[str, Callable[[Apply], Scalar]] = {
    "add": _difference,
    "mul": _quotient,
    "pow": _power,
    "sigma": _sigma,
    "softplus": lambda term: Apply("logaddexp", (ZERO, *term.arguments)),
    "step": lambda term: Apply("gt", (*term.arguments, ZERO)),
}
