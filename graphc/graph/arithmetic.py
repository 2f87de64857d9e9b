"""Sums, products, powers and sizes put together as a person writes them: `(y - t)/n`, `-a/(2*b)`, `1/sqrt(v + 1)`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from ..language import expression as e
from ..language.numerals import numeral
from .size import Floor, Size

Expression = e.Expression
ZERO, ONE = e.Number(Fraction(0)), e.Number(Fraction(1))


def total(terms: Sequence[Expression]) -> Expression:
    """A flat sum; a term that starts with a minus is subtracted."""
    flat: list[Expression] = []
    for term in terms:
        flat += term.terms if isinstance(term, e.Sum) else (term,)
    return flat[0] if len(flat) == 1 else e.Sum((flat[0], *map(_subtracted, flat[1:])))


def _subtracted(term: Expression) -> Expression:
    negative, rest = signed(term)
    return e.Negative(rest) if negative else rest


def signed(term: Expression) -> tuple[bool, Expression]:
    """Whether a term starts with a minus, and the term without it."""
    if isinstance(term, e.Negative):
        return True, term.operand
    if isinstance(term, e.Product | e.Quotient):
        first = term.factors[0] if isinstance(term, e.Product) else term.left
        negative, rest = signed(first)
        if negative:
            whole = (
                e.Product((rest, *term.factors[1:])) if isinstance(term, e.Product) else e.Quotient(rest, term.right)
            )
            return True, whole
    return False, term


def negated(term: Expression) -> Expression:
    """With a minus where a person puts it: `-a*b/c`."""
    if isinstance(term, e.Product):
        return e.Product((negated(term.factors[0]), *term.factors[1:]))
    if isinstance(term, e.Quotient):
        return e.Quotient(negated(term.left), term.right)
    return e.Negative(term)


def product(factors: Sequence[Expression]) -> Expression:
    """A sign in front, numerators, and under one stroke what they are divided by."""
    above: list[Expression] = []
    below: list[Expression] = []
    minus = False
    for factor in factors:
        negative, rest = signed(factor)
        minus ^= negative
        if isinstance(rest, e.Quotient):
            above += _factors(rest.left)
            below += _factors(rest.right)
        else:
            above += _factors(rest)
    above = [factor for factor in above if factor is not ONE]
    out = _multiplied(above) if above else ONE
    if below:
        out = e.Quotient(out, _multiplied(below))
    return negated(out) if minus else out


def _factors(expression: Expression) -> tuple[Expression, ...]:
    return expression.factors if isinstance(expression, e.Product) else (expression,)


def _multiplied(factors: Sequence[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else e.Product(tuple(factors))


def raised(base: Expression, exponent: Expression) -> Expression:
    """`1/x`, `sqrt(x)`, `x**3`."""
    negative, positive = signed(exponent)
    if negative:
        return e.Quotient(ONE, raised(base, positive))
    if exponent is ONE:
        return base
    if exponent is HALF:
        return e.Call("sqrt", (base,))
    return e.Power(base, exponent)


@lru_cache(4096)
def rational(value: Fraction) -> Expression:
    """`0.01` where that is what people write, but `1/3`, and in products `x/2`."""
    positive = abs(value)
    if numeral(positive) is not None:
        number: Expression = e.Number(positive)
    else:
        number = e.Quotient(e.Number(Fraction(positive.numerator)), e.Number(Fraction(positive.denominator)))
    return e.Negative(number) if value < 0 else number


HALF = rational(Fraction(1, 2))


def scaled(arguments: list[Expression]) -> Expression:
    """A product; halves, quarters and eighths in front of one become divisors behind it."""
    first, *rest = arguments
    sign, number = signed(first)
    if isinstance(number, e.Number) and number.value.denominator in (2, 4, 8, 16):
        parts = e.Quotient(e.Number(Fraction(number.value.numerator)), e.Number(Fraction(number.value.denominator)))
        first = negated(parts) if sign else parts
    return product([first, *rest])


@lru_cache(4096)
def size_expression(size: Size) -> Expression:
    """A size as it stands in a formula."""
    terms: list[Expression] = []
    for monomial, coefficient in sorted(size.terms, key=lambda term: (term[1] < 0, -len(term[0]))):
        factors: list[Expression] = [e.Name(atom) if isinstance(atom, str) else _floor(atom) for atom in monomial]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, e.Number(Fraction(abs(coefficient))))
        terms.append(e.Negative(_multiplied(factors)) if coefficient < 0 else _multiplied(factors))
    return total(terms) if terms else ZERO


def _floor(floor: Floor) -> Expression:
    return e.FloorQuotient(size_expression(floor.dividend), e.Number(Fraction(floor.divisor)))


def times_size(coefficient: Size, inner: Expression) -> Expression:
    factor = size_expression(coefficient)
    if factor is ONE:
        return inner
    if isinstance(factor, e.Negative):
        return negated(inner if factor.operand is ONE else product([factor.operand, inner]))
    return product([factor, inner])
