"""Asking a network for tensors and derivatives by name."""

from __future__ import annotations

import numpy as np
import pytest
from reference import evaluate
from texts import net

from graphc.calculus.grad import grad
from graphc.calculus.request import request, requests
from graphc.language.errors import GraphcError

SMALL = (
    "input x[n,2]\ninput tok[n] : integer\nparam w[2]\nparam d\nŷ[i] = sum[j](x[i,j]*w[j])\ndw = ŷ*d\n"
    "k[i] = tok[i]\nloss L = sum(dw**2)"
)
VALUES = {"x": np.array([[1.0, 2], [3, -1]]), "tok": np.array([0, 1]), "w": np.array([0.5, -2]), "d": np.array(3.0)}


def test_a_name_is_the_tensor() -> None:
    loaded = net(SMALL)
    assert request(loaded, "ŷ") is loaded["ŷ"]
    assert request(loaded, "dw") is loaded["dw"]
    assert request(loaded, "x") is loaded["x"]


def test_a_derivative_carries_its_name_and_the_shape_of_the_variable() -> None:
    loaded = net(SMALL)
    gradient = request(loaded, "dL/dw")
    assert gradient.name == "dL/dw"
    assert gradient.shape == (2,)
    assert request(loaded, "dL/dŷ").shape == ("n",)
    assert request(loaded, " dL / dw ") is gradient


def test_the_jacobian_has_the_axes_of_what_is_differentiated_first() -> None:
    loaded = net(SMALL)
    jacobian = request(loaded, "dŷ/dw")
    assert jacobian.shape == ("n", 2)
    np.testing.assert_allclose(evaluate([jacobian], VALUES)[0], VALUES["x"])
    assert request(loaded, "dŷ/dx").shape == ("n", "n", 2)


def test_names_that_begin_with_d_are_told_apart_from_derivatives() -> None:
    loaded = net(SMALL)
    assert request(loaded, "ddw/dd").shape == ("n",)
    np.testing.assert_allclose(evaluate(requests(loaded, ["ddw/dd", "ŷ"]), VALUES)[0], VALUES["x"] @ VALUES["w"])
    assert request(loaded, "dL/ddw").name == "dL/ddw"


def test_a_name_may_be_composed_or_decomposed() -> None:
    loaded = net(SMALL)
    assert request(loaded, "y\u0302") is loaded["ŷ"]
    assert request(loaded, "dL/dy\u0302") is request(loaded, "dL/dŷ")


def test_brackets_differentiate_again() -> None:
    loaded = net(SMALL)
    hessian, mixed = requests(loaded, ["d(dL/dw)/dw", "d(dL/dw)/dd"])
    assert hessian.name == "d(dL/dw)/dw"
    x, w, d = VALUES["x"], VALUES["w"], 3.0
    found = evaluate([hessian, mixed], VALUES)
    np.testing.assert_allclose(found[0], 2 * d**2 * x.T @ x)
    np.testing.assert_allclose(found[1], 4 * d * x.T @ (x @ w))


def test_several_are_answered_in_the_order_in_which_they_were_asked() -> None:
    loaded = net(SMALL)
    asked = ["dL/dw", "L", "dL/dd", "dŷ/dw", "dL/dw"]
    assert requests(loaded, asked) == [request(loaded, one) for one in asked]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("yhat", "no tensor `yhat`", None),
        ("dL/dW", "no tensor `W`", None),
        ("dLoss/dw", "no tensor `Loss`", None),
        ("dtok/dw", "`tok` cannot be differentiated: it holds integers", None),
        ("dL/dtok", "`tok` cannot be differentiated by: it holds integers", None),
        ("dk/dw", "`k` cannot be differentiated: it holds integers", None),
        ("d(dL/dq)/dw", "no tensor `q`", None),
        ("dL/dtk", "no tensor `tk`", "did you mean `tok`?"),
        ("L/w", "no tensor `L/w`", None),
        ("", "no tensor ``", None),
        ("dL/dw/dw", "no tensor `L/dw`", None),
    ],
)
def test_what_is_not_there_is_said(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(GraphcError) as caught:
        request(net(SMALL), text)
    assert message in caught.value.message
    if hint:
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("L", ["w"]), "what to differentiate by must be a tensor of the graph, here it is str"),
        (("L", "w"), "what to differentiate by must be a tensor of the graph, here it is str"),
        (("L", np.ones(3)), "what to differentiate by must be a tensor of the graph, here it is ndarray"),
        ((3, []), "what is differentiated must be a tensor of the graph, here it is int"),
        (("L", [], np.ones(())), "the upstream must be a tensor of the graph, here it is ndarray"),
    ],
)
def test_what_is_no_tensor_is_named_by_its_kind(arguments: tuple, message: str) -> None:
    of, *rest = arguments
    with pytest.raises(GraphcError) as caught:
        grad(net(SMALL)[of] if of == "L" else of, *rest)
    assert caught.value.message == message
