"""Integers stay integers where they are copied or stand in a subscript; what is computed with them is floats."""

from __future__ import annotations

import numpy as np
import pytest
from from_text import values

W = np.array([0.5, 1.5, -2])
K = np.array([3, 1, 2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("text", "wanted", "want"),
    [
        ("L = sum[i](i*w[i])", "dL/dw", [0, 1, 2]),
        ("L = sum(k*w)", "dL/dw", K),
        ("L[i] = k[i]*w[i]", "dL/dw", np.diag(K)),
        ("y[i] = k[i]*k[i]*w[i]", "y", K**2 * W),
        ("y[i] = where(w[i] > 0, k[i], i)", "y", [3, 1, 2]),
        ("y = max(k)*w", "y", 3 * W),
        ("y = abs(k - 2)*w", "y", abs(K - 2) * W),
    ],
)
def test_what_is_computed_with_integers_has_the_inputs_float_type(text, wanted, want, dtype):
    (got,) = values(f"input k[n] : integer\nparam w[n]\n{text}", wanted, k=K, w=W.astype(dtype))
    assert got.dtype == dtype
    np.testing.assert_allclose(got, want)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("y[i<4] = i*i", [0, 1, 4, 9]),
        ("y[i<3] = i", [0, 1, 2]),
        ("v[i<3] = i - 1\ny = softmax(v)", np.exp([-1, 0, 1]) / np.exp([-1, 0, 1]).sum()),
        ("y[i<2] = i*1e30", [0, 1e30]),
    ],
)
def test_what_depends_on_places_alone_is_floats(text, want):
    (got,) = values(text, "y")
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, want)


@pytest.mark.parametrize("text", ["y = t*t", "y[i] = t[i]**2"])
def test_products_of_large_integers_do_not_wrap(text):
    (got,) = values(f"input t[n] : integer\n{text}", "y", t=[2**32 + 1])
    np.testing.assert_allclose(got, [(2.0**32 + 1) ** 2])


def test_a_softmax_of_integers_is_one():
    (got,) = values("input t[n] : integer\ny = softmax(t)", "y", t=[1, 2, 3])
    np.testing.assert_allclose(got, np.exp(K - 3)[[1, 2, 0]] / np.exp(K - 3).sum())


def test_integers_compare_with_numbers_that_no_integer_reaches():
    (got,) = values("input t[n] : integer\ny = where(t < 1e30, 1, 0)", "y", t=[1, 2])
    np.testing.assert_array_equal(got, [1, 1])


def test_copies_of_integers_are_integers():
    (copy,) = values("input t[n] : integer\nc[i] = t[i]", "c", t=[4, 2**40])
    assert copy.dtype == np.intp
    np.testing.assert_array_equal(copy, [4, 2**40])
