"""Whole-tensor notation has the value of the index expression that it stands for."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from sample_derivations import expression

import graphc as gc
from graphc.derivation.matrix import matrix
from graphc.graph.network import Network, read_network
from graphc.graph.node import Leaf, Node
from graphc.graph.size import size
from graphc.graph.text import statement
from graphc.language.expression import Equation, Source
from graphc.language.parse import parse_net, parse_statement
from graphc.language.text import text
from graphc.models import names, path

MODELS = [name for name in names() if gc.load(name).loss is not None and name != "vgg16"]
SIZES = (3, 4, 5, 2, 6, 7)


def whole(index_text: str, indices: str, **shapes: str) -> str | None:
    """The notation for an index expression; shapes are written `x="n m"`."""
    known = {name: tuple(map(size, dims.split())) for name, dims in shapes.items()}
    found = matrix(expression(index_text), indices.split(), known)
    return found and text(found)


NOTATIONS = [
    ("mean[i]((p[i,j] - t[i,j])*x[i,k])", "k j", "transpose(x) @ (p - t) / n"),
    ("sum[i](g[i,j]*x[i,k])", "k j", "transpose(x) @ g"),
    ("sum[i](g[i,j]*x[i,k])", "j k", "transpose(g) @ x"),
    ("sum[k](x[i,k]*w[k])", "i", "x @ w"),
    ("mean[i]((p[i,j] - t[i,j]))", "j", "sum(p - t, axis=0)/n"),
    ("mean[i](a[i]*b[i])", "", "a @ b / n"),
    ("p[i,j]*(g[i,j] - sum[k](g[i,k]*p[i,k]))", "i j", "p*(g - sum(g*p, axis=1, keepdims=true))"),
    ("sum[i,j](p[i,j]*t[i,j])", "", "sum(p*t)"),
    ("mean[i,j](p[i,j])", "", "mean(p)"),
    ("2*a[i]*w[k]", "i k", "2*(reshape(a, (n, 1)) @ reshape(w, (1, m)))"),
    ("sum[j](sum[i](g[i,j]*x[i,k])*h[j])", "k", "transpose(x) @ g @ h"),
    ("where(g[i,j] > 0, g[i,j], 0)", "i j", "where(g > 0, g, 0)"),
    ("max[j](g[i,j])", "i", "max(g, axis=1)"),
    ("x[i+1,k]", "i k", None),
    ("where(i == j, 1, 0)*p[i,j]", "i j", None),
    ("x[0,k]", "k", None),
    ("c*2", "", None),
    ("i*a[i]", "i", None),
]
SHAPES = {"p": "n d", "t": "n d", "g": "n d", "x": "n m", "w": "m", "a": "n", "b": "n", "h": "d", "c": ""}


@pytest.mark.parametrize(("written", "indices", "found"), NOTATIONS)
def test_an_index_expression_has_the_notation_that_a_lecture_gives_it(written: str, indices: str, found: str) -> None:
    assert whole(written, indices, **SHAPES) == found


def given(net: Network, seed: int) -> dict[str, np.ndarray]:
    """Arrays for everything that is given, free sizes all different."""
    rng = np.random.default_rng(seed)
    names = sorted({name for leaf in leaves(net) for extent in leaf.extents for name in extent.names})
    free = dict(zip(names, SIZES, strict=False))
    return {
        leaf.name: rng.integers(0, 2, shape) if leaf.integer else rng.uniform(0.2, 0.8, shape)
        for leaf in leaves(net)
        for shape in [tuple(extent(**free) for extent in leaf.extents)]
    }


def leaves(net: Network) -> list[Leaf]:
    return [*net.inputs, *net.params]


def appended(net_source: str, equations: list[str]) -> Network:
    return read_network(parse_net(Source("net", net_source + "\n" + "\n".join(equations) + "\n")), "net")


def index_gradient(net: Network, name: str) -> Equation | None:
    named = {node: title for title, node in net.nodes.items()}
    gradient = gc.grad(net.loss, net[name])
    if gradient.kind != "map":
        return None
    found = parse_statement(statement(gradient, lambda node: named.get(node)))
    assert isinstance(found, Equation)
    return found


@pytest.mark.parametrize("model", MODELS)
def test_the_notation_of_every_gradient_of_a_model_evaluates_to_the_gradient(model: str) -> None:
    net = gc.load(model)
    source = path(model).read_text()
    wanted: dict[str, Node] = {}
    lines: list[str] = []
    for k, leaf in enumerate(net.params or net.inputs):
        if leaf.integer:
            continue
        found = index_gradient(net, leaf.name)
        notation = found and matrix(found.right, [bound.name for bound in found.indices or ()], net)
        if notation is not None:
            lines.append(f"whole_{k} = {text(notation)}")
            wanted[f"whole_{k}"] = gc.grad(net.loss, leaf)
    if not lines:
        pytest.skip("no gradient of it has such a notation")
    both = appended(source, lines)
    program = gc.compile([*(both[name] for name in wanted), *wanted.values()])
    values = program(**{name: array for name, array in given(net, 1).items() if name in program.inputs})
    for mine, theirs in zip(values[: len(wanted)], values[len(wanted) :], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


DECLARED = """
input A[n, m]
input B[n, k]
input C[m, k]
input D[m, n]
input u[n]
input v[m]
input w[k]
input c
input S[s, n, m]
input T[s, m, k]
"""
AXES = {"A": "nm", "B": "nk", "C": "mk", "D": "mn", "u": "n", "v": "m", "w": "k", "c": "", "S": "snm", "T": "smk"}


@st.composite
def bodies(draw: st.DrawFn, free: str, depth: int = 3) -> str:
    """An index expression; an index is called by its size, so that every read fits."""
    kinds = ["read"] if not depth else ["read", "+", "*", "*", "/", "sum", "sum", "mean", "max", "call", "where"]
    kind = draw(st.sampled_from(kinds))
    if kind == "read":
        fitting = [name for name, axes in AXES.items() if set(axes) <= set(free)]
        name = draw(st.sampled_from(fitting))
        return f"{name}[{','.join(AXES[name])}]" if AXES[name] else name
    if kind in ("sum", "mean", "max"):
        index = draw(st.sampled_from("nmks"))
        if index not in free:
            return f"{kind}[{index}]({draw(bodies(free + index, depth - 1))})"
    parts = [draw(bodies(free, depth - 1)) for _ in range(2)]
    forms = {"+": "({} - {})", "*": "{}*({})", "/": "{}/(1 + ({})**2)", "where": "where({0} > 0.5, {1}, {0})"}
    return forms.get(kind, "exp(-({})**2)").format(*parts)


@settings(max_examples=60, deadline=None)
@drawn(st.data())
def test_the_notation_of_a_random_expression_has_its_value(data: st.DataObject) -> None:
    free = data.draw(st.sampled_from(["", "n", "nm", "mk", "km", "nmk", "snk"]))
    body = data.draw(bodies(free))
    by_index = f"index{'[' + ','.join(free) + ']' if free else ''} = {body}"
    try:
        net = appended(DECLARED, [by_index])
    except gc.GraphcError:  # an index that nothing reads
        return
    notation = matrix(expression(body), list(free), net)
    if notation is None:
        return
    net = appended(DECLARED, [by_index, f"whole = {text(notation)}"])
    program = gc.compile([net["index"], net["whole"]])
    mine, theirs = program(**{name: array for name, array in given(net, 2).items() if name in program.inputs})
    np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)
