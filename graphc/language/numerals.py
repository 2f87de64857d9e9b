"""Numbers as digits, exactly, both ways: `1.5e-1` is fifteen hundredths, and 3/20 is written `0.15`."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

MAX_DIGITS = 4000


@lru_cache(4096)
def value(written: str) -> Fraction | None:
    """What a numeral says, or None if it would take more than `MAX_DIGITS` digits to write it out."""
    mantissa, _, exponent = written.lower().partition("e")
    shift = exponent.lstrip("+-").lstrip("0")
    if len(shift) > 5 or len(mantissa) + int(shift or "0") > MAX_DIGITS:
        return None
    return Fraction(written)


@lru_cache(4096)
def numeral(number: Fraction) -> str | None:
    """The numeral of a number from zero up, or None if no finite decimal says it."""
    places = _decimal_places(number.denominator)
    if places is None:
        return None
    digits = str(number.numerator * 10**places // number.denominator)
    stripped = digits.rstrip("0") or "0"
    exponent = len(digits) - places  # the number is 0.DIGITS times ten to this
    if places == 0 and exponent <= 20:
        return digits
    if -5 <= exponent <= 0:
        return "0." + "0" * -exponent + stripped
    if 0 < exponent < len(stripped):
        return stripped[:exponent] + "." + stripped[exponent:]
    return f"{stripped}e{exponent - len(stripped)}"


def _decimal_places(denominator: int) -> int | None:
    """How many digits after the point say `1/denominator` exactly, if any number up to the limit does."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0 and fives <= MAX_DIGITS:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 and max(twos, fives) <= MAX_DIGITS else None
