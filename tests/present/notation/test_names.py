"""Names are shown as a lecture writes them, and stay apart."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from sample_derivations import derivative, expression

from graphc.graph.size import size
from graphc.language import expression as e
from graphc.language.parse import parse_statement
from graphc.present.notation.latex import latex
from graphc.present.notation.mathml import mathml
from graphc.present.notation.meaning import Notation
from graphc.present.notation.text import text
from graphc.present.notation.wrap import wrapped

SHOWN = [
    ("yhat", "ŷ", r"\hat{y}"),
    ("y_hat", "ŷ", r"\hat{y}"),
    ("ŷ", "ŷ", r"\hat{y}"),
    ("xbar", "x̄", r"\bar{x}"),
    ("theta", "θ", r"\theta"),
    ("Sigma", "Σ", r"\Sigma"),
    ("W1", "W₁", "W_{1}"),
    ("W₁", "W₁", "W_{1}"),
    ("theta_2", "θ₂", r"\theta_{2}"),
    ("W_out", "W_out", r"W_{\mathrm{out}}"),
    ("query", "query", r"\mathit{query}"),
    ("that", "t̂", r"\hat{t}"),
    ("x_y_z", "x_y_z", r"\mathit{x\_y\_z}"),
    ("Loss", "Loss", r"\mathit{Loss}"),
    ("δout", "δout", r"\delta \mathit{out}"),
    ("größe", "größe", r"\mathit{gr}\textit{öß}\mathit{e}"),
    ("é", "é", r"\text{é}"),
]


@pytest.mark.parametrize(("name", "plain", "set_"), SHOWN)
def test_a_name_is_shown_as_a_lecture_writes_it(name: str, plain: str, set_: str) -> None:
    assert text(e.Name(name)) == plain
    assert latex(e.Name(name)).strip() == set_


NAMES = st.from_regex(r"(theta|sigma|W|x|yhat|y|b)(_?[0-9]{1,2}|_hat|_out|hat)?", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.sets(NAMES, min_size=2, max_size=6), st.sampled_from([text, latex, mathml]))
def test_two_names_of_one_text_never_look_alike(names: set[str], form) -> None:  # type: ignore[no-untyped-def]
    notation = Notation(map(e.Name, names))
    assert len({form(e.Name(name), notation=notation) for name in names}) == len(names)


def test_the_number_of_a_layer_stands_above_where_subscripts_stand_below() -> None:
    assert latex(expression("W1[k,j]")) == "W_{k,j}^{(1)}"
    assert latex(expression("W1[k,j]**2")) == "(W_{k,j}^{(1)})^{2}"
    notation = Notation([expression("W1[k,j]")])
    assert latex(expression("W1 @ x"), notation=notation) == r"W^{(1)}\,x"


def test_a_product_of_tensors_by_elements_has_its_own_sign() -> None:
    notation = Notation([expression("h[i,j] + x[i,k] + v[i] + w[j]")])
    assert text(expression("2*h*(1 - h)"), notation=notation) == "2·h∘(1 − h)"
    assert latex(expression("2*h*(1 - h)"), notation=notation) == r"2\,h \circ (1 - h)"
    assert text(expression("v @ h"), notation=notation) == "vᵀ h"
    assert text(expression("reshape(v, (n, 1)) @ reshape(w, (1, m))"), notation=notation) == "v wᵀ"
    assert text(expression("sum(h)*h"), notation=notation) == "sum(h)·h"


def test_a_mean_is_a_sum_over_the_number_of_places_where_that_is_known() -> None:
    extents = {"x": (size("n"), size(3)), "y": (size("n"),)}
    found = {
        "mean[i](x[i,j])": "1/n · Σᵢ x[i,j]",
        "2*mean[i](y[i])*a": "2/n · (Σᵢ y[i]) · a",
        "mean[i,j](x[i,j])": "1/(3·n) · Σᵢⱼ x[i,j]",
        "mean[k](z[k])": "mean[k](z[k])",
        "mean[i](sum[i](y[i])*z[i])": "mean[i]((Σᵢ y[i]) · z[i])",
    }
    for written, shown in found.items():
        part = expression(written)
        assert text(part, notation=Notation([part], None, extents)) == shown


def test_a_derivative_is_shown_at_the_places_that_its_name_is_given() -> None:
    record = derivative("dp_dz", "n i j", "p", "n j", "z", "n i")
    known = {record.name: record}
    assert text(expression("dp_dz[n,k,2]*g[n]"), known) == "∂p[n,2]/∂z[n,k] · g[n]"
    assert latex(expression("dp_dz[n,i,j]"), known) == r"\frac{\partial p_{n,j}}{\partial z_{n,i}}"
    assert text(expression("dp_dz"), known) == "∂p/∂z"


def test_deltas_indicators_and_cases_are_told_apart() -> None:
    assert text(expression("where(i == j, 1, 0)")) == "δᵢⱼ"
    assert text(expression("where(b == q, 1, 0)")) == "δ[b,q]"
    assert text(expression("where(i + 1 == j, 1, 0)")) == "1[i + 1 = j]"
    assert text(expression("where(i == j, 2, 0)*x")) == "(2 if i = j else 0)·x"
    assert latex(expression("where(a > 0, 1, where(b > 0, 2, 3))")).count(r"\\") == 2


@pytest.mark.parametrize("form", [text, latex, mathml])
def test_a_deep_or_long_formula_is_written_and_cut_where_nobody_reads_on(form) -> None:  # type: ignore[no-untyped-def]
    deep: e.Expression = e.Name("x")
    shared: e.Expression = e.Name("x")
    for _ in range(200):
        deep = e.Call("exp", (e.Quotient(e.Sum((deep, e.Number(Fraction(1)))), e.Name("y")),))
        shared = e.Sum((shared, shared))
    long = e.Sum(tuple(e.Name(f"v{number}") for number in range(20_000)))
    written = [form(part) for part in (deep, shared, long)]  # were what is shared written out, it would not end
    assert all("…" in one or r"\dots" in one for one in written[1:])
    assert all(len(one) < 200_000 for one in written)


def test_a_formula_of_200_levels_is_whole_in_a_terminal() -> None:
    nested = "(" * 199 + "x + 1)" + ")**2 + 1" * 198
    assert "…" not in text(expression(nested))


def test_mathml_is_well_formed_and_escapes_what_it_shows() -> None:
    part = e.Sum((e.Name("<b>&"), e.Call("<i>", (e.Compare((e.Name("a"), e.Name("b")), ("<",)),))))
    tree = ElementTree.fromstring(mathml(part))
    assert {"mi", "mo", "mrow", "math"} >= {element.tag for element in tree.iter()}
    assert "<b>&" in "".join(tree.itertext())


CORE = {
    "math", "mrow", "mi", "mn", "mo", "mspace", "mtext", "mfrac", "msqrt", "msub", "msup", "msubsup", "munder", "mover",
    "mtable", "mtr", "mtd",
}  # fmt: skip
EVERY_KIND = (
    "sum[i<3](max[j](x[i,j])) + prod[k](yhat[k]**2)*sqrt(a//2) - abs(b) + where(a > 0, a, -a) + where(i == j, 1, 0)"
    " + transpose(W1) @ (p - t)/n + where(a <= 1, 1, 0) + mean(x, axis=(0, 1)) + softmax(z)[n,i] + inside(x[i-1,j])"
)


def test_mathml_uses_the_elements_that_browsers_have() -> None:
    tree = ElementTree.fromstring(mathml(expression(EVERY_KIND), block=True))
    assert {element.tag for element in tree.iter()} <= CORE
    counts = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "msubsup": 3, "mover": 2}
    assert all(len(element) == counts[element.tag] for element in tree.iter() if element.tag in counts)


@settings(max_examples=40, deadline=None)
@given(st.integers(20, 80), st.integers(1, 30))
def test_a_wrapped_line_fits_and_loses_nothing(width: int, terms: int) -> None:
    line = text(expression(" + ".join(f"(a[i,{n}] - sigma(b))*exp(x[n,c,2*p+{n}])/c" for n in range(terms))))
    lines = wrapped(line, width, width - 2)
    assert "".join("".join(lines).split()) == "".join(line.split())
    assert all(len(one) <= width for one in lines)
    assert not any(one.endswith(("+", "−", "·")) for one in lines[:-1])


def test_what_is_shown_is_not_what_is_read() -> None:
    """The language keeps every name as it is: only what people look at is set."""
    statement = parse_statement("q = yhat*W1")
    assert isinstance(statement, e.Equation)
    assert repr(statement.right) == "yhat*W1"
