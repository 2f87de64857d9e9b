"""The value of an expression of numbers alone, and the end of those that no machine could write out."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import log2

from .expression import Expression, Negative, Number, Power, Product, Quotient, Sum
from .numerals import MAX_DIGITS

MAX_BITS = MAX_DIGITS * log2(10)
MAX_LEVELS = 200


class TooLarge(Exception):
    """A power with more than `MAX_DIGITS` digits before the point, or as many noughts after it."""


def constant(expression: Expression) -> Fraction | None:
    """The exact value, or None where names take part or the value is no short fraction."""
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Negative):
        operand = constant(expression.operand) if expression.depth <= MAX_LEVELS else None
        return None if operand is None else -operand
    rule = RULES.get(type(expression))
    if rule is None or expression.depth > MAX_LEVELS:
        return None
    first, *others = expression.children
    value = constant(first)
    for child in others:
        right = constant(child) if value is not None else None
        if value is None or right is None:
            return None
        value = rule(value, right)
    return value


def power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """`base ** exponent`; None where it is irrational, undefined or long to write."""
    if not base:
        return base if exponent > 0 else None
    doublings = abs(log2(abs(base.numerator)) - log2(base.denominator))
    if doublings and abs(exponent) > MAX_BITS / doublings:
        raise TooLarge
    if exponent.denominator != 1 or bits(base) * abs(exponent) > MAX_BITS:
        return None
    return base ** int(exponent)


def bits(value: Fraction) -> int:
    """How long it is to write: the bits of its numerator or its denominator."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _short(operation: Callable[[Fraction, Fraction], Fraction]) -> Callable[[Fraction, Fraction], Fraction | None]:
    def rule(left: Fraction, right: Fraction) -> Fraction | None:
        value = operation(left, right)
        return value if bits(value) <= MAX_BITS else None

    return rule


RULES: dict[type[Expression], Callable[[Fraction, Fraction], Fraction | None]] = {
    Sum: _short(operator.add),
    Product: _short(operator.mul),
    Quotient: lambda left, right: left / right if right else None,
    Power: power,
}
