"""Mathematics for a terminal."""

import pytest
from sample_derivations import expression, logistic

from graphc.present.notation.text import text
from graphc.present.notation.whole import notation_of

WRITTEN = [
    ("mean[i]((y[i] - t[i])*x[i,j])", "mean[i]((y[i] − t[i])·x[i,j])"),
    ("-t[i]/y[i] + (1 - t[i])/(1 - y[i])", "−t[i]/y[i] + (1 − t[i])/(1 − y[i])"),
    ("(sigma(a)*(1 - sigma(a)))*x", "σ(a)·(1 − σ(a))·x"),
    ("where(i == j, 1, 0)*p[n,j]", "δᵢⱼ·p[n,j]"),
    ("where(x > 0, x, 0.1*x)", "x if x > 0 else 0.1·x"),
    ("transpose(x) @ (p - t)/n", "xᵀ(p − t)/n"),
    ("(a*b)**-2", "(a·b)⁻²"),
    ("a/(b/c)/d*e", "(a/(b/c))/d · e"),
    ("x[n,c,2*p+r-1]", "x[n,c,2·p+r−1]"),
    ("W1[k,j]*theta**2", "W₁[k,j]·θ²"),
    ("a - (b - c)", "a − (b − c)"),
    ("h @ W1 + b1", "h W₁ + b₁"),
    ("sum[i](x[i])*2", "(Σᵢ x[i]) · 2"),
    ("yhat - y", "ŷ − y"),
]


@pytest.mark.parametrize(("written", "shown"), WRITTEN)
def test_an_expression_stands_in_a_terminal_as_on_a_slide(written: str, shown: str) -> None:
    assert text(expression(written)) == shown


def test_names_of_derivatives_are_shown_as_derivatives_at_the_places_where_they_stand() -> None:
    derivation = logistic()
    chain = derivation.steps[3]
    assert text(chain.before, notation=notation_of(derivation)) == "∂L/∂w[j]"
    assert text(chain.after, derivation.derivatives) == "Σᵢ ∂L/∂y[i] · ∂y[i]/∂a[i] · ∂a[i]/∂w[j]"
    assert text(expression("dy_da[k]"), derivation.derivatives) == "∂y[k]/∂a[k]"
