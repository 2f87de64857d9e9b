"""Gradients, Jacobians and Hessians against JAX in float64, wherever it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from against import IMAGES, ONE_HOT, RNG, X, Y, check_agreement

import graphc as gc

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy
V, U = RNG.normal(size=4), RNG.normal(size=(8, 8))
W1, W2 = RNG.normal(size=(4, 6)), RNG.normal(size=(6, 4))

NETS = [
    (
        "input x[n,4]\ninput t[n,4]\nparam A[4,6]\nparam B[6,4]\nh = tanh(x @ A)\nL = mean(cross_entropy(h @ B, t))",
        lambda x, t, A, B: -(t * jax.nn.log_softmax(jnp.tanh(x @ A) @ B)).sum(-1).mean(),
        {"x": X, "t": ONE_HOT, "A": W1, "B": W2},
        "x A B",
    ),
    (
        "input x[n,4]\nparam A[4,4]\ns = x @ A @ transpose(x)/2\nL = softmax(s) @ x",
        lambda x, A: jax.nn.softmax(x @ A @ x.T / 2, -1) @ x,
        {"x": X, "A": RNG.normal(size=(4, 4))},
        "x A",
    ),
    (
        "input x[n,4]\ninput t[n,4]\nL = sum[i,j](where(x[i,j] > t[i,j], x[i,j]**2, sin(t[i,j])*x[i,j]))",
        lambda x, t: jnp.where(x > t, x**2, jnp.sin(t) * x).sum(),
        {"x": X, "t": Y},
        "x t",
    ),
    (
        "input x[n,3,8,9]\ny[n,c,p,q] = max[r<2,s<3](x[n,c,2*p+r,3*q+s])\nL = exp(-y)*y",
        lambda x: (lambda y: jnp.exp(-y) * y)(x.reshape(2, 3, 4, 2, 3, 3).max((3, 5))),
        {"x": IMAGES},
        "x",
    ),
]


@pytest.mark.parametrize(("text", "function", "arrays", "wrt"), NETS)
def test_a_net_and_its_gradients(text, function, arrays, wrt, tmp_path):
    def oracle(arrays, names):
        gradient = jax.grad(lambda some: function(**{**arrays, **some}).sum())({name: arrays[name] for name in names})
        return [np.asarray(function(**arrays)), *(np.asarray(gradient[name]) for name in names)]

    check_agreement(tmp_path, text, arrays, wrt, oracle)


SECOND = [
    ("f(z) = sum(tanh(z)*z**2)", lambda z: (jnp.tanh(z) * z**2).sum()),
    ("f(z) = logsumexp(z, axis=0)", lambda z: jax.nn.logsumexp(z)),
    ("f(z) = prod(z, axis=0)", lambda z: z.prod()),
    ("f(z) = sum(sigma(z))**2/sum(z**2)", lambda z: jax.nn.sigmoid(z).sum() ** 2 / (z**2).sum()),
]


@pytest.mark.parametrize(("formula", "function"), SECOND, ids=[formula for formula, _ in SECOND])
def test_hessians(formula, function):
    z = gc.input("z", (4,))
    hessian = gc.compile(gc.grad(gc.grad(gc.op(formula)(z), z), z))
    np.testing.assert_allclose(hessian(z=V), jax.hessian(function)(V), rtol=1e-9, atol=1e-12)


def test_jacobians():
    z = gc.input("z", (4,))
    jacobian = gc.compile(gc.grad(gc.softmax(z**2), z))
    np.testing.assert_allclose(jacobian(z=V), jax.jacobian(lambda z: jax.nn.softmax(z**2))(V), rtol=1e-9, atol=1e-15)
