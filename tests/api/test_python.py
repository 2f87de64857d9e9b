"""Networks written in Python: the operators of nodes, the library's functions, ops from one formula."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import graphc as gc
from graphc.graph.text import formula

RNG = np.random.default_rng(3)
X = RNG.normal(size=(5, 4))


def value(node, **arrays):
    return gc.compile(node)(**arrays)


def test_a_net_in_python_is_the_same_objects_as_its_file(tmp_path):
    file = tmp_path / "net.net"
    file.write_text("input x[n, 2]\nparam W[2, 1]\nparam b[1]\ny = sigma(x @ W + b)\n")
    x, W, b = gc.input("x", ("n", 2)), gc.param("W", (2, 1)), gc.param("b", (1,))
    net = gc.load(file)
    assert net["x"] is x
    assert net.params == [W, b]
    assert formula(net["y"]) == formula(gc.sigma(x @ W + b))


@pytest.mark.parametrize(
    "make",
    [
        lambda x: 2 - x * 3,
        lambda x: 1 / (1 + x**2),
        lambda x: -x + +x / 2,
        lambda x: 2**x,
        lambda x: x[0],
        lambda x: x[-1, 2],
        lambda x: x[:, 1:3],
        lambda x: x[..., ::2] - x[..., 1::2],
        lambda x: x[1:-1],
        lambda x: x[:, ::-1],
        lambda x: x.T @ x,
        lambda x: (x > 0) * 1.0,
        lambda x: (x <= 0.5) * 1.0,
    ],
)
def test_operators_and_places_mean_what_they_mean_for_arrays(make):
    x = gc.input("x", ("n", 4))
    assert_allclose(value(make(x), x=X), make(X), rtol=1e-13)


def test_functions_of_the_library_take_nodes_and_numbers():
    x = gc.input("x", ("n", 4))
    assert_allclose(value(gc.sum(x, axis=1), x=X), X.sum(1))
    assert_allclose(value(gc.max(x, axis=-1, keepdims=True), x=X), X.max(1, keepdims=True))
    assert_allclose(value(gc.leaky_relu(x, slope=0.1), x=X), np.where(X > 0, X, 0.1 * X))
    assert_allclose(value(gc.reshape(x, ("n", 2, 2)), x=X), X.reshape(5, 2, 2))
    assert_allclose(value(gc.concat(x, x, axis=1), x=X), np.concatenate([X, X], 1))
    assert_allclose(value(gc.where(x > 0, x, 0), x=X), np.where(X > 0, X, 0))


def test_one_formula_is_a_whole_operation():
    x = gc.input("x", ("n", 4))
    swish = gc.op("swish(z) = z * sigma(z)")
    s = 1 / (1 + np.exp(-X))
    assert_allclose(value(swish(x), x=X), X * s)
    assert_allclose(value(gc.grad(gc.sum(swish(x)), x), x=X), s + X * s * (1 - s))


def test_gradients_are_nodes_and_have_gradients():
    x, A = gc.input("x", (4,)), gc.param("A", (4, 4))
    matrix, vector = RNG.normal(size=(4, 4)), RNG.normal(size=4)
    hessian = gc.grad(gc.grad(x @ A @ x, x), x)
    assert_allclose(value(hessian, x=vector, A=matrix), matrix + matrix.T, rtol=1e-13)
    z = gc.input("z", (4,))
    p = np.exp(vector) / np.exp(vector).sum()
    hessian = gc.grad(gc.grad(gc.cross_entropy(z, gc.input("t", (4,), "one_hot")), z), z)
    assert_allclose(value(hessian, z=vector, t=np.eye(4)[1]), np.diag(p) - np.outer(p, p), rtol=1e-12, atol=1e-15)


def test_an_upstream_contracts_the_jacobian():
    x, g = gc.input("x", ("n", 4)), gc.input("g", ("n", 4))
    upstream = RNG.normal(size=X.shape)
    assert_allclose(value(gc.grad(gc.tanh(x), x, upstream=g), x=X, g=upstream), upstream * (1 - np.tanh(X) ** 2))


def test_what_cannot_be_is_said_in_words():
    x, y = gc.input("x", ("n", 4)), gc.input("y", ("n", 3))
    with pytest.raises(gc.GraphcError, match=r"x \[n, 4\].*y \[n, 3\]"):
        x + y
    with pytest.raises(gc.GraphcError, match="no truth"):
        bool(x)
    with pytest.raises(gc.GraphcError, match="cannot be a name"):
        gc.input("2x", 3)
    with pytest.raises(gc.GraphcError, match="below 0"):
        gc.param("w", (-1,))
    with pytest.raises(gc.GraphcError, match="outside axis 1"):
        x[0, 4]
    with pytest.raises(gc.GraphcError, match="did you mean `one_hot`"):
        gc.input("t", ("n", 3), "onehot")
    with pytest.raises(AttributeError):
        gc.sofmax  # noqa: B018
    with pytest.raises(TypeError):
        x + np.ones(4)


def test_a_wrong_array_names_what_was_expected_and_given():
    x = gc.input("x", ("n", 4))
    f = gc.compile([gc.exp(x)])
    with pytest.raises(gc.GraphcError, match=r"`x`.*\(n, 4\).*\(5, 3\)"):
        f(x=np.ones((5, 3)))
    with pytest.raises(gc.GraphcError, match="`x`"):
        f()


def test_every_public_name_is_there():
    for name in dir(gc):
        assert callable(getattr(gc, name)), name
