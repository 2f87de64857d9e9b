"""What is shown means what the expression means: read back, it has the same value."""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from reading_back import VALUES, of_latex, of_mathml, of_text, value
from sample_derivations import expression

from graphc.language import expression as e
from graphc.present.notation.latex import latex
from graphc.present.notation.mathml import mathml
from graphc.present.notation.text import text

FORMS = [(text, of_text), (latex, of_latex), (mathml, of_mathml)]

NUMBERS = [e.Number(Fraction(number)) for number in ("0", "1", "2", "3", "1/3", "0.5")]
LEAVES = [*map(e.Name, VALUES), *NUMBERS]
KINDS = ["sum", "product", "quotient", "power", "negative", "call", "max"]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> e.Expression:
    """Every kind over anything, also where the parser would never put it."""
    kind = draw(st.sampled_from(["leaf", *KINDS])) if depth else "leaf"
    if kind == "leaf":
        return draw(st.sampled_from(LEAVES))
    count = 1 if kind in ("negative", "call") else draw(st.integers(2, 3)) if kind in ("sum", "product") else 2
    parts = tuple(draw(expressions(depth - 1)) for _ in range(count))
    if kind == "call":
        return e.Call(draw(st.sampled_from(["exp", "sqrt", "sigma"])), parts)
    kinds = {"sum": e.Sum, "product": e.Product, "quotient": e.Quotient, "power": e.Power, "negative": e.Negative}
    if kind == "max":
        return e.Call("max", parts)
    return kinds[kind](parts) if kind in ("sum", "product") else kinds[kind](*parts)


@settings(max_examples=60, deadline=None)
@given(expressions())
@pytest.mark.parametrize(("form", "read"), FORMS)
def test_a_formula_read_back_has_the_value_of_the_expression(form, read, written: e.Expression) -> None:  # type: ignore[no-untyped-def]
    assert read(form(written)) == pytest.approx(value(written), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("form", "read"), FORMS)
def test_bars_are_read_as_an_absolute_value(form, read) -> None:  # type: ignore[no-untyped-def]
    written = expression("abs(a - b)*abs(c - 3)/abs(x)")
    assert read(form(written)) == pytest.approx(value(written))


def test_what_is_drawn_below_a_power_stands_in_brackets() -> None:
    """A reader sees no braces: without brackets the exponent would seem to belong to what is above the stroke."""
    assert latex(expression("(a/b)**2")) == r"\left(\frac{a}{b}\right)^{2}"
    assert latex(expression("transpose(a)**2")) == r"({a}^{\top})^{2}".replace("{a}", "a")
    assert latex(expression("(x**2)**3")) == "(x^{2})^{3}"
    assert text(expression("(x**2)**3")) == "(x²)³"
