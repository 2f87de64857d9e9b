"""Softmax and its kin in single precision, where the logits are large: no digit is lost by their size."""

from __future__ import annotations

import numpy as np
import pytest
from from_text import program_of, values

SINGLE = np.float32
WAYS = {
    "library": "p = softmax(z)",
    "three statements": "a = exp(z)\ns[i] = sum[k](a[i,k])\np[i,j] = a[i,j]/s[i]",
    "one equation": "p[i,j] = exp(z[i,j])/sum[k](exp(z[i,k]))",
    "a shift by hand": "m[i] = max[k](z[i,k])\na[i,j] = exp(z[i,j] - m[i])\np[i,j] = a[i,j]/sum[k](a[i,k])",
    "scaled back": "p[i,j] = exp(3*z[i,j]/3)/sum[k](exp(z[i,k]))",
}


def careful(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(-1, keepdims=True), dtype=float)
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("far", [0.0, 1e2, 1e4, -1e9, -1e30])
def test_equal_logits_share_alike_however_large_they_are(way, dtype, far):
    (p,) = values(f"input z[n,k]\n{WAYS[way]}", "p", z=np.full((2, 4), far, dtype))
    np.testing.assert_array_equal(p, np.full((2, 4), 0.25, dtype))


@pytest.mark.parametrize("way", WAYS)
def test_logits_of_a_thousand_have_all_their_digits(way):
    z = (1000 + np.random.default_rng(1).normal(size=(5, 7))).astype(SINGLE)
    (p,) = values(f"input z[n,k]\n{WAYS[way]}", "p", z=z)
    np.testing.assert_allclose(p, careful(z.astype(float)), rtol=1e-6)


@pytest.mark.parametrize("far", [1e4, -1e9])
def test_cross_entropy_and_its_gradient_keep_their_digits(far):
    text = "input z[n,k]\ninput t[n] : integer\nL = sum(cross_entropy(z, t))"
    loss, gradient = values(text, "L,dL/dz", z=np.full((1, 4), far, SINGLE), t=[0])
    np.testing.assert_allclose(loss, np.log(4), rtol=1e-7)
    np.testing.assert_array_equal(gradient, np.array([[-0.75, 0.25, 0.25, 0.25]], SINGLE))


def test_the_logarithm_of_a_softmax_keeps_its_digits():
    (logs,) = values("input z[n]\nlogs = log_softmax(z)", "logs", z=np.full(4, 1e4, SINGLE))
    np.testing.assert_allclose(logs, -np.log(4), rtol=1e-7)


def test_the_gradient_of_a_log_sum_exp_is_the_softmax_over_all_its_indices():
    z = (3e4 + np.arange(6)).reshape(2, 3).astype(SINGLE)
    (gradient,) = values("input z[n,m]\nL = log(sum[i,j](exp(z[i,j])))", "dL/dz", z=z)
    np.testing.assert_allclose(gradient, careful(z.reshape(-1).astype(float)).reshape(2, 3), rtol=1e-6)


def test_a_softmax_of_a_formula_and_what_is_made_of_it():
    text = "input s[n,n]\ninput k[n]\n"
    text += "a[i,j] = exp(s[i,j] + 8*(1 + k[j]))/sum[l](exp(s[i,l] + 8*(1 + k[l])))\nL = sum(a**2)"
    s, k = np.array([[1, 1], [2, 3]], float), np.array([1, 1.25])
    (single,) = values(text, "dL/ds", s=s.astype(SINGLE), k=k.astype(SINGLE))
    (double,) = values(text, "dL/ds", s=s, k=k)
    np.testing.assert_allclose(single, double, rtol=1e-5)


def test_a_masked_row_is_shared_alike_and_a_masked_place_gets_nothing():
    text = "input s[n,n]\ninput mask[n,n]\na = softmax(where(mask > 0, s, -1e9))"
    (a,) = values(text, "a", s=np.array([[1, 2], [3, 4]], SINGLE), mask=np.array([[0, 0], [1, 0]], SINGLE))
    np.testing.assert_array_equal(a, np.array([[0.5, 0.5], [1, 0]], SINGLE))


def test_infinities_end_where_a_careful_program_has_them():
    z = np.array([[-np.inf, 0, 0], [-np.inf] * 3, [np.inf, 0, 0]])
    p, lse = values("input z[n,k]\np = softmax(z)\nlse = logsumexp(z)", "p,lse", z=z)
    np.testing.assert_array_equal(p[0], [0, 0.5, 0.5])
    np.testing.assert_array_equal(lse, [np.log(2), -np.inf, np.inf])
    assert np.isnan(p[1]).all()


def test_one_exponential_serves_the_value_and_the_sum():
    assert (
        program_of("input z[n]\np = softmax(z)\nl = log_softmax(z)\nL = sum(p*l)", "p,l,L,dL/dz").source.count(
            "np.exp("
        )
        == 1
    )
