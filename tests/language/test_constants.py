"""Numbers are exact, and a power of numbers ends before it fills the memory."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import examples

from graphc.language.constant import constant
from graphc.language.errors import GraphcError
from graphc.language.numerals import numeral, value
from graphc.language.parse import parse_expression


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2**10", Fraction(1024)),
        ("(1 + 1/2)**-2", Fraction(4, 9)),
        ("-3*-2**2 - 1", Fraction(11)),
        ("0**2", Fraction(0)),
        ("(-1)**3", Fraction(-1)),
        ("2**0.5", None),
        ("0**-1", None),
        ("1/3**400*3**400", Fraction(1)),
        ("(1 + 1e-30)**1e20", None),  # near 1, but its exact form is long
        ("2*x", None),
    ],
)
def test_an_expression_of_numbers_has_an_exact_value_where_that_is_short(written, expected):
    assert constant(parse_expression(written)[0]) == expected


@pytest.mark.parametrize("written", ["x/0", "1/(2 - 2)", "n//0", "1/-0.0"])
def test_a_division_by_zero_is_refused(written):
    with pytest.raises(GraphcError, match="a division by zero"):
        parse_expression(written)


@pytest.mark.parametrize(
    "written",
    ["9**9**9**9", "9**(9*9**9)", "2**1e6", "0.5**(9**9)", "(-7)**-1e4", "x + f(10**10**10)", "2**1e5**0.5**-20"],
)
def test_a_power_beyond_writing_out_is_refused(written):
    with pytest.raises(GraphcError, match="this power would have more than 4000 digits"):
        parse_expression(written)


@pytest.mark.parametrize(
    "written", ["1e4000", "1e-4000", "1e999999999", "1e-999999999999999999999", "1" * 5000, "0." + "1" * 5000]
)
def test_a_numeral_beyond_writing_out_is_refused(written):
    with pytest.raises(GraphcError, match="this number would have more than 4000 digits"):
        parse_expression(written)


@examples(200)
@given(st.integers(min_value=0), st.integers(-300, 300))
def test_a_numeral_says_its_number_exactly(digits, exponent):
    number = Fraction(digits) * Fraction(10) ** exponent
    assert value(numeral(number)) == number
