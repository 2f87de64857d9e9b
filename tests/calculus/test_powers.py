"""Powers where they are delicate: at 0, of negative numbers, and where there is no number at all."""

from __future__ import annotations

import numpy as np
import pytest
from reference import evaluate
from texts import net

from graphc.calculus.prepare import prepare
from graphc.calculus.request import requests

AT_ZERO = {
    "(x**2)**1.5": (0, 12),
    "(x*x)**1.5": (0, 12),
    "sqrt(x**4)": (0, 4),
    "(x**2)**0.75": (0, 1.5 * 2**0.5),
    "sqrt(x**2)": (0, 1),
    "sqrt(x**2 + 3*x**4)": (0, 50 / 52**0.5),
    "x**1.5": (0, 1.5 * 2**0.5),
    "abs(x)**3": (0, 12),
    "sqrt(x)": (np.inf, 0.5 / 2**0.5),
}


def found(text: str, asked: list[str], **values: object) -> list[np.ndarray]:
    given = {name: np.array(value, float) for name, value in values.items()}
    with np.errstate(all="ignore"):
        return evaluate(prepare(requests(net(text), asked)), given)


@pytest.mark.parametrize("term", AT_ZERO)
def test_a_root_of_squares_is_flat_at_zero(term: str) -> None:
    (slope,) = found(f"input x[n]\nL = sum({term})", ["dL/dx"], x=[0, 2])
    np.testing.assert_allclose(slope, AT_ZERO[term], rtol=1e-12)


def test_the_length_of_a_vector_written_out_is_flat_at_zero() -> None:
    slopes = found("input x\ninput y\nL = sqrt(x**2 + y**2) + x", ["dL/dx", "dL/dy"], x=0, y=0)
    assert [float(slope) for slope in slopes] == [1, 0]


@pytest.mark.parametrize(
    ("x", "y", "by_x", "by_y"),
    [(0, 0, 0, -np.inf), (0, 1, 1, 0), (0, 2, 0, 0), (2, 0, 0, np.log(2)), (2, 3, 12, 8 * np.log(2))],
)
def test_a_power_by_its_base_and_its_exponent(x: float, y: float, by_x: float, by_y: float) -> None:
    slopes = found("input x\ninput y\nL = x**y", ["dL/dx", "dL/dy"], x=x, y=y)
    np.testing.assert_allclose(slopes, [by_x, by_y])


@pytest.mark.parametrize(
    "term", ["0**x", "(x - x)**x", "(-1)**x", "sqrt(-1)*x", "(-2)**0.5*x", "log(0)*x", "log(x - x)", "1/(x - x)"]
)
def test_what_is_no_number_comes_out_as_none_or_as_infinite(term: str) -> None:
    slope, _, _ = found(f"input x[n]\ny = 2*x\nL = sum({term})", ["dL/dx", "L", "y"], x=[0, 2])  # y gives the size
    assert slope.shape == (2,)
