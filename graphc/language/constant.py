"""The value of an expression of numbers alone, and the end of those that no machine could write out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import log2, prod

from .expression import Expression, Negative, Number, Power, Product, Quotient, Sum
from .numerals import MAX_DIGITS

MAX_BITS = MAX_DIGITS * log2(10)


class TooLarge(Exception):
    """A power with more than `MAX_DIGITS` digits before the point, or as many noughts after it."""


def constant(expression: Expression) -> Fraction | None:
    """The exact value, or None where names take part or the value is no short fraction."""
    if isinstance(expression, Number):
        return expression.value
    rule = RULES.get(type(expression))
    if rule is None:
        return None
    values = []
    for child in expression.children:
        value = constant(child)
        if value is None:
            return None
        values.append(value)
    value = rule(values)
    return value if value is None or _bits(value) <= MAX_BITS else None


def power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """`base ** exponent`; None where it is irrational, undefined or long to write."""
    if not base:
        return base if exponent > 0 else None
    doublings = abs(log2(abs(base.numerator)) - log2(base.denominator))
    if doublings and abs(exponent) > MAX_BITS / doublings:
        raise TooLarge
    if exponent.denominator != 1 or _bits(base) * abs(exponent) > MAX_BITS:
        return None
    return base ** int(exponent)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


RULES: dict[type[Expression], Callable[[list[Fraction]], Fraction | None]] = {
    Sum: lambda values: sum(values, Fraction(0)),
    Product: lambda values: prod(values, start=Fraction(1)),
    Negative: lambda values: -values[0],
    Quotient: lambda values: values[0] / values[1] if values[1] else None,
    Power: lambda values: power(*values),
}
