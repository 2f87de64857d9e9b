"""Random bodies as text: read again they have the same value at every place."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import evaluate

from graphc.graph.network import read_network
from graphc.graph.node import Leaf, plain_map
from graphc.graph.scalar import Affine, Apply, Index, Scalar, add, affine, mul, number, position, power, where
from graphc.graph.size import size
from graphc.graph.text import statement
from graphc.language.expression import Source
from graphc.language.parse import parse_net

N, M = size("n"), size("m")


def index(key: int) -> Affine:
    return affine(Index(key))


X = Leaf("input", "x", (N, M))
W = Leaf("param", "w", (M,))
B = Leaf("param", "b", ())
HERE = X.read([index(0), index(1)])
TIMES = plain_map(None, (N,), mul(HERE, W.read([index(1)])), ("i", "j"), "sum", (M,))
GREATEST = plain_map(None, (N,), HERE, ("n", "x"), "max", (M,))
WINNER = plain_map(None, (N,), HERE, ("n", "x"), "argmax", (M,))

LEAVES = [
    HERE,
    X.read([index(0), affine(0)]),
    X.read([index(0), index(1) + affine(-1)], guarded=True),
    X.read([affine(N - 1) + index(0).scaled(-1), index(1)]),
    W.read([index(1)]),
    B.read([]),
    TIMES.read([index(0)]),
    TIMES.read([index(0) + affine(1)], guarded=True),
    GREATEST.read([index(0)]),
    WINNER.read([index(0)]),
    position(Index(0)),
    position(index(1).scaled(2) + affine(N)),
    position(M),
    *(number(Fraction(p, q)) for p in (-7, -1, 1, 3) for q in (1, 2, 3, 10, 16)),
]
FUNCTIONS = ("tanh", "sigma", "abs", "sin", "step", "sign", "softplus")


def extended(inner: st.SearchStrategy[Scalar]) -> st.SearchStrategy[Scalar]:
    several = st.lists(inner, min_size=2, max_size=4)
    positive = inner.map(lambda term: Apply("exp", (Apply("tanh", (term,)),)))
    fraction = st.sampled_from([Fraction(1, 2), Fraction(-1, 2), Fraction(1, 3)])
    both = st.tuples(inner, inner, inner).map(
        lambda t: Apply("and", (Apply("lt", (t[0], t[1])), Apply("gt", (t[2], t[1]))))
    )
    compared = st.tuples(st.sampled_from(["lt", "ge", "ne"]), inner, inner).map(lambda t: Apply(t[0], t[1:]))
    return st.one_of(
        several.map(lambda terms: add(*terms)),
        several.map(lambda terms: mul(*terms)),
        st.tuples(positive, st.sampled_from([2, 3, -1, -2])).map(lambda t: power(*t)),
        st.tuples(positive, fraction).map(lambda t: power(*t)),
        st.tuples(positive, inner).map(lambda t: power(*t)),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda t: Apply(t[0], (t[1],))),
        st.tuples(st.sampled_from(["max", "min", "eq"]), inner, inner).map(lambda t: Apply(t[0], t[1:])),
        st.tuples(st.one_of(both, compared), inner, inner).map(lambda t: where(*t)),
    )


BODIES = st.recursive(st.sampled_from(LEAVES), extended, max_leaves=10)
NUMBERS = np.random.default_rng(0)
GIVEN = {"x": NUMBERS.normal(size=(3, 4)), "w": NUMBERS.normal(size=4), "b": np.array(0.7)}


@given(BODIES, st.sampled_from([None, "sum", "max", "prod"]))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_body_read_again_has_the_same_value(body: Scalar, reduce: str | None) -> None:
    body = add(body, mul(HERE, b := B.read([])), b)
    extents, over = ((N, M), ()) if reduce is None else ((N,), (M,))
    node = plain_map("f", extents, body, ("i", "j"), reduce, over)
    text = "\n".join(["input x[n, m]", "param w[m]", "param b", statement(node)])
    again = read_network(parse_net(Source("again.net", text)), "again")["f"]
    first, second = evaluate([node, again], GIVEN)
    np.testing.assert_allclose(first, second, rtol=1e-7, atol=1e-9, err_msg=statement(node))
