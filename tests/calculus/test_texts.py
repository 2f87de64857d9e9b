"""Accesses and reductions in combination, written as a person writes them, to the second derivative."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import check_agreement, draw
from texts import net

NETS = {
    "a gather of a gather": "input p[4] : integer\ninput q[3] : integer\nparam x[5]\ny[i<3] = x[p[q[i]]]*x[i]",
    "two gathers in one read": "input p[3] : integer\nparam x[4,5]\ny[i] = x[p[i],p[i]+1]",
    "a gather beside its own index": "input p[3] : integer\nparam x[4,3]\ny[i,j] = x[p[i],j]*x[p[j],i]",
    "a guarded gather": "input p[3] : integer\nparam x[3]\ny[i] = inside(x[p[i]-1])",
    "a place as a number": "param x[4]\ny[i] = x[i]**2*i + 4",
    "a maximum over a padded window": "param x[5]\ny[i<5] = inside(max[r<3](x[i+r-1]))",
    "a maximum over two axes of free size": "param x[n,m]\ny = max[i,j](x[i,j]*x[i,j])",
    "a product over a window": "param x[6]\ny[i] = prod[r<3](x[i+r])",
    "a logsumexp over a strided window": "param x[7]\ny[i] = logsumexp[r<3](x[2*i+r])",
    "a diagonal of a product": "param A[3,3]\nparam B[3,3]\ny[i] = sum[k](A[i,k]*B[k,i])",
    "a trace": "param A[n,n]\ny = sum[i](A[i,i])",
    "an outer product": "param u[n]\nparam v[m]\ny[i,j] = u[i]*v[j]",
    "a mask by places": "param x[4,4]\ny[i,j] = where(j <= i, x[i,j], 0)",
    "causal softmax": "param x[3,3]\ny = softmax(where(tri > 0, x, -1000000))\nconst one = 1\n"
    "tri[i<3,j<3] = where(j <= i, one, 0)",
    "a shift to either side": "param x[5]\nd[i<4] = x[i+1] - x[i]\ny[i<4] = inside(d[i-1] + d[i+1])",
    "a reversed sum": "param x[n]\nr[i] = x[n-1-i]\ny[i] = r[i]*x[i]",
    "a Toeplitz matrix": "param w[7]\nparam x[4]\ny[i<4] = sum[j<4](w[i-j+3]*x[j])",
    "a stack of shifts": "param x[4]\nparam w[3]\ny[i<6] = inside(sum[k<3](x[i-k]*w[k]))",
    "a norm by rows": "param x[n,m]\ns = sqrt(sum(x**2, axis=1, keepdims=true))\ny = x/s",
    "a covariance": "param x[n,m]\nc = x - mean(x, axis=0)\ny = transpose(c) @ c/n",
    "weights that are a function of weights": "param w[3]\nv = softmax(w)\nparam x[n,3]\ny = tanh(x*v) @ v",
    "attention": "param q[3,2]\nparam k[3,2]\nparam v[3,2]\ny = softmax(q @ transpose(k)/sqrt(2)) @ v",
    "reshape there and back": "param x[n,6]\nr = reshape(x, (n, 2, 3))\ns = tanh(r)*r\ny = reshape(s, (n, 6))*x",
    "a pool of a pool": "param x[1,1,8,8]\ny = max_pool2d(avg_pool2d(x, 2), 2, stride=1)",
    "literal subscripts": "param x[3,3]\ny = x[0,1]*x[1,0] - x[0,0]*x[1,1]*x[2,2]",
    "every third element": "param x[8]\ny[i<3] = x[3*i]*x[3*i+1]",
}


@pytest.mark.parametrize("name", NETS)
def test_derivatives_through_accesses(name: str) -> None:
    loaded = net(NETS[name] + "\nloss L = sum(y*sin(y))")
    real = loaded.params
    values = draw([loaded["L"], *real, *loaded.inputs], seed=2, n=3, m=2)
    values |= {name: array % 3 for name, array in values.items() if array.dtype.kind == "i"}
    check_agreement(loaded["L"], real, values, order_=2)
    if loaded["y"].rank:
        check_agreement(loaded["y"], real, values)


def test_third_derivatives_of_a_scatter() -> None:
    loaded = net("input p[4] : integer\nparam x[3,2]\ny[i,j] = x[p[i],j]\nloss L = sum(exp(y*y))")
    check_agreement(loaded["L"], loaded.params, {"p": np.array([0, 2, 2, 1]), **draw(loaded.params)}, order_=3)


SEEN_THROUGH = {
    "a sigmoid": "param a[3]\ne = exp(-a)\nd = 1 + e\ny = 1/d\nloss L = sum(log(y))",
    "a sum of exponentials": "param a[3]\ne = exp(a)\ns = sum(e)\nloss L = log(s)",
    "a softmax": "param a[3]\ne = exp(a)\ns = sum(e)\np = e/s\nq = log(p)\nloss L = sum(q*a)",
    "a softplus": "param a[3]\ne = exp(a)\nu = 1 + e\nloss L = sum(log(u)*a)",
    "a complement": "param a[3]\np = sigma(a)\nq = 1 - p\nloss L = sum(log(p)*a + log(q))",
    "the odds": "param a[3]\np = sigma(a)\no = p/(1 - p)\nloss L = sum(log(o)*a)",
}


@pytest.mark.parametrize("name", SEEN_THROUGH)
def test_tensors_that_their_readers_see_through_still_move_freely(name: str) -> None:
    loaded = net(SEEN_THROUGH[name])
    tensors = [node for node in loaded.nodes.values() if node is not loaded["L"]]
    check_agreement(loaded["L"], tensors)
    for tensor in tensors:
        check_agreement(loaded["L"], [tensor])
