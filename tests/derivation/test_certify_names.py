"""Certificates where one letter is a tensor here and an index there, and where numbers are made of lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from lectures import read
from test_certify import checks, everywhere, false_steps

from graphc.derivation.certify_scopes import bound_apart, equation_apart
from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation, Step
from graphc.language.expression import Equation, Expression, Name, Number, Product, Source, Sum
from graphc.language.parse import parse_net
from graphc.language.text import statement_text, text

NETS = {
    "a tensor k beside a sum over k": "input x[n,3]\nparam Q[3,2]\nparam K[3,2]\nq = x@Q\nk = x@K\n"
    "s[i,j] = where(j <= i, sum[d](q[i,d]*k[j,d]), -10000)\na = softmax(s)\nloss L = sum(a @ x)",
    "a part u beside an index u": "input x[n,1,4,4,4]\nparam K[2,1,2,2,2]\ny = conv3d(x,K)\nloss L = mean(y*y)",
    "the least of k where k is an index": "input x[n,3]\nparam W[3,4]\nz = x@W\nm = max(z, axis=1)\n"
    "k = min(z, axis=0)\nloss L = sum(m)*mean(k)",
    "a half that is two fourths": "input x[n,4]\nparam g[4]\nparam b[4]\nparam W[4,4]\ny = layer_norm(x @ W, g, b)\n"
    "loss L = mean(y*tanh(y))",
    "a loss that a mask in it cannot move": "input x[n,1]\nparam V[1,1]\nparam c[1]\nh = abs(x) - c**2\n"
    "u = abs(h) - c**2\nloss L = sum(cross_entropy(u, softmax(x @ V)))",
    "a loss whose shares are all 1": "input x[n,1]\nparam c[1]\nh = log_softmax(x*c)\nloss L = max[i,j](h[i,j])*sum(h)",
    "a size in a subscript": "input x[n]\nparam w[n]\ny[i] = x[n-1-i]*w[i]\nz[i] = w[n-1-i]*y[i]\nloss L = sum(z)",
    "an equation over i<n with the index n": "input x[n]\nparam w[n]\ny[n] = x[n]*w[n]**2\nloss L = mean[n](y[n]**3)",
}


def found(net: str) -> Derivation:
    read_net = read(NETS[net])
    assert read_net.loss is not None
    return derive(read_net.loss, read_net.params, read_net)


@pytest.mark.parametrize("net", NETS)
def test_every_step_is_certified(net: str) -> None:
    assert false_steps(found(net)) == []


def _shifted(part: Expression) -> Expression | None:
    """`x[n-1-i]` read one place further on."""
    return Sum((part, Number(Fraction(1)))) if isinstance(part, Sum) and Name("n") in part.terms else None


def _twice(part: Expression) -> Expression | None:
    return Product((Number(Fraction(2)), part)) if isinstance(part, Product) else None


@pytest.mark.parametrize(
    ("net", "slip"),
    [("a size in a subscript", _shifted), *((net, _twice) for net in NETS if "size" not in net and "loss" not in net)],
)
def test_a_slip_is_seen_there_too(net: str, slip: Callable[[Expression], Expression | None]) -> None:
    def slipped(step: Step) -> Step | None:
        after = everywhere(slip)(step.after) if step.zoom == "graph" else None
        return None if after is None else replace(step, after=after)

    steps = list(checks(found(net), slipped))
    assert steps, "no such line"
    assert [f"{text(step.before)} = {text(step.after)}" for step, ok in steps if ok] == []


def test_only_an_index_gets_another_name() -> None:
    (line,) = parse_net(Source("a.net", "y[k] = k[k] + sum[j](j*k[j,k] + min[k](k*x[k]))")).statements
    assert isinstance(line, Equation)
    apart = equation_apart(line, {"k", "y", "x"})
    assert statement_text(apart) == "y[k_at] = k[k_at] + sum[j](j*k[j,k_at] + min[k_at](k_at*x[k_at]))"
    assert bound_apart(line.right, {"y", "x"}) is line.right
