"""The gradients have the forms that a person would write, because the bodies simplify: nothing here has a rule."""

from __future__ import annotations

import pytest
from texts import net

from graphc.calculus.differentiate import differentiate
from graphc.calculus.log import Log
from graphc.calculus.request import request
from graphc.calculus.structure import cost
from graphc.graph.node import Map, Node, order
from graphc.graph.text import formula

LOGISTIC = (
    "input x[n,m]\ninput t[n] : in {0, 1}\nparam w[m]\nparam b\na[i] = sum[j](x[i,j]*w[j]) + b\ny[i] = sigma(a[i])\n"
    "loss L = mean[i](-t[i]*log(y[i]) - (1 - t[i])*log(1 - y[i]))"
)
LINEAR = "input x[n,m]\ninput t[n]\nparam w[m]\nparam b\ny[i] = sum[j](x[i,j]*w[j]) + b\nloss L = mean((y - t)**2)"
MLP = (
    "input x[n,2]\ninput t[n,1] : in {0, 1}\nparam W1[2,4]\nparam b1[4]\nparam W2[4,1]\nparam b2[1]\n"
    "h = tanh(x @ W1 + b1)\na = h @ W2 + b2\noutput y = sigma(a)\nloss L = mean(binary_cross_entropy(y, t))"
)
SOFTMAX = (
    "input x[n,4]\ninput t[n,3]{}\nparam W[4,3]\nparam b[3]\nz = x @ W + b\noutput p = softmax(z)\n"
    "loss L = mean(categorical_cross_entropy(p, t))"
)
HAND = SOFTMAX.replace("softmax(z)", "exp(z)/sum(exp(z), axis=1, keepdims=true)")

FORMS = [
    (LOGISTIC, "dL/da", "(y[i] - t[i])/n"),
    (LOGISTIC, "dL/dw", "sum[i](`dL/da`[i]*x[i,j])"),
    (LOGISTIC, "dL/db", "sum[i](`dL/da`[i])"),
    (MLP, "dL/da", "(y[i,j] - t[i,j])/n"),
    (LINEAR, "dL/dy", "2*(y[i] - t[i])/n"),
    (LINEAR, "dL/dw", "sum[i](`dL/dy`[i]*x[i,j])"),
    (SOFTMAX.format(" : one_hot"), "dL/dz", "(p[i,j] - t[i,j])/n"),
    (SOFTMAX.format(" : distribution"), "dL/dz", "(p[i,j] - t[i,j])/n"),
    (HAND.format(" : one_hot"), "dL/dz", "(p[i,j] - t[i,j])/n"),
    ("input x[n]\ny = tanh(x)\nloss L = sum(y)", "dL/dx", "1 - y[i]**2"),
    ("input x[n]\ny = sigma(x)\nloss L = sum(y)", "dL/dx", "y[i]*(1 - y[i])"),
    ("input x[n]\ny = softplus(x)\nloss L = sum(y)", "dL/dx", "sigma(x[i])"),
    ("input x[n]\ny = sqrt(x)\nloss L = sum(y)", "dL/dx", "1/(2*y[i])"),
    ("input x[n]\nloss L = mean(exp(x))", "dL/dx", "exp(x[i])/n"),
    ("input x[n]\ny = (1 + tanh(x))**8\nloss L = sum(y)", "dL/dx", "8*(1 + tanh(x[i]))**7*(1 - tanh(x[i])**2)"),
]


def written(node: Node) -> str:
    return formula(node, lambda other: f"`{other.name}`" if other.name and "/" in other.name else other.name)


@pytest.mark.parametrize(("text", "asked", "expected"), FORMS)
def test_a_gradient_reads_as_a_person_would_write_it(text: str, asked: str, expected: str) -> None:
    assert written(request(net(text), asked)) == expected


def test_an_assumption_that_was_used_is_recorded() -> None:
    for given, conditions in [(" : one_hot", ("t one_hot",)), (" : distribution", ("t distribution",)), ("", ())]:
        log = Log()
        loaded = net(SOFTMAX.format(given))
        differentiate(loaded["L"], [loaded["z"]], log=log)
        assert log.conditions == conditions


def test_where_the_target_may_be_anything_its_sum_stays() -> None:
    assert written(request(net(SOFTMAX.format("")), "dL/dz")) == "-t[i,j]/n + sum[k](t[i,k])*p[i,j]/n"


def operations(nodes: list[Node]) -> int:
    return sum(cost(node.body) for node in order(nodes) if isinstance(node, Map))


GROWTH = {
    "layer norm": ("input x[n,8]\nparam g[8]\nparam b[8]\ny = layer_norm(x, g, b)\nloss L = mean(y**2)", 5),
    "batch norm": ("input x[n,8]\nparam g[8]\nparam b[8]\ny = batch_norm(x, g, b)\nloss L = mean(y**2)", 5),
    "a cell with gates": (
        "input x[n,3]\ninput h0[n,3]\ninput c0[n,3]\nparam U[3,3]\nparam V[3,3]\nf = sigma(x @ U + h0 @ V)\n"
        "i = sigma(x @ V + h0 @ U)\no = sigma(x @ U - h0 @ V)\ng = tanh(x @ V - h0 @ U)\nc = f*c0 + i*g\n"
        "h = o*tanh(c)\nloss L = mean(h**2)",
        3.5,
    ),
    "a power of a sum": ("input x[n]\ny = (1 + tanh(x))**8\nloss L = sum(y)", 4),
    "a ratio": ("input x[n]\ninput u[n]\ny = (x**2 + u)/(1 + x**2 + u**2)\nloss L = sum(y)", 5),
}


@pytest.mark.parametrize("name", GROWTH)
def test_cancelling_never_makes_a_gradient_grow(name: str) -> None:
    text, most = GROWTH[name]
    loaded = net(text)
    real = [*loaded.inputs, *loaded.params]
    assert operations([loaded["L"], *differentiate(loaded["L"], real)]) <= most * operations([loaded["L"]])
