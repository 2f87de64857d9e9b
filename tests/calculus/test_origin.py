"""A derivative that reads nothing still has the shape of its variable."""

from __future__ import annotations

import numpy as np
from texts import net

from graphc.calculus.origin import origins
from graphc.calculus.request import request, requests
from graphc.compiler.program import compile


def test_a_program_takes_the_variable_for_its_shape() -> None:
    loaded = net("input x[n]\nparam w[k]\ny = x + 1\nloss L = sum(x)")
    ones, zeros, identity = requests(loaded, ["dL/dx", "dL/dw", "dy/dx"])
    x, w = np.array([3.0, 4]), np.zeros(3)
    assert compile(ones)(x=x).tolist() == [1, 1]
    assert compile(zeros)(w=w).tolist() == [0, 0, 0]
    assert compile(identity)(x=x).tolist() == [[1, 0], [0, 1]]
    loss, again = compile([loaded["L"], request(loaded, "d(dL/dx)/dx")])(x=x)
    assert loss == 7
    assert again.tolist() == [[0, 0], [0, 0]]


def test_nothing_more_is_taken_where_the_sizes_are_known() -> None:
    loaded = net("input x[n]\nparam w[3]\ninput v[m]\nloss L = sum(x*x) + sum(v)")
    gradients = requests(loaded, ["dL/dx", "dL/dw"])
    assert origins(gradients) == []
    assert origins(requests(loaded, ["dL/dv"])) == [loaded["v"]]


def test_a_constant_gradient_has_the_type_of_its_variable() -> None:
    loaded = net("input k[3] : integer\nparam w[3]\nloss L = sum(w) + sum(k*w)")
    single = compile(request(loaded, "dL/dw"))(w=np.ones(3, np.float32), k=[1, 2, 3])
    assert single.dtype == np.float32
    assert single.tolist() == [2, 3, 4]
    plain = net("param w[3]\nloss L = sum(w)")
    assert compile(request(plain, "dL/dw"))(w=np.ones(3, np.float32)).dtype == np.float32
    assert compile(request(plain, "dL/dw"))(w=np.ones(3)).dtype == np.float64
