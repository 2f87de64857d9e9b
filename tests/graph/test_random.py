"""Random formulas: the nodes that come out mean what the text says, read off by loops over single elements.

A drawn formula is its text and its meaning, a function of the values of its indices. The meanings use Python's own
arithmetic on NumPy arrays and know nothing of extents, nodes or library formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.graph.nets import net, value

ROWS, COLUMNS = 4, 3
RANDOM = np.random.default_rng(8)
ARRAYS = {
    "x": RANDOM.normal(size=(ROWS, COLUMNS)),
    "v": RANDOM.normal(size=ROWS),
    "w": RANDOM.normal(size=COLUMNS),
    "b": np.array(1.25),
    "k": RANDOM.integers(0, ROWS, size=ROWS),
}
HEAD = ["input x[n, 3]", "input v[n]", "input w[3]", "param b", "input k[n] : integer"]
ENDS = {"i": ROWS, "j": COLUMNS, "p": ROWS, "q": COLUMNS}
OVER_ROWS, OVER_COLUMNS = ("i", "p"), ("j", "q")
Place = dict[str, int]


class Formula(NamedTuple):
    text: str
    means: Callable[[Place], float]


def read(name: str, *subscripts: tuple[str, Callable[[Place], int]], guarded: bool = False) -> Formula:
    def means(at: Place) -> float:
        where = tuple(subscript(at) for _, subscript in subscripts)
        outside = any(not 0 <= s < n for s, n in zip(where, ARRAYS[name].shape, strict=True))
        return 0.0 if guarded and outside else float(ARRAYS[name][where])

    text = f"{name}[{','.join(text for text, _ in subscripts)}]" if subscripts else name
    return Formula(f"inside({text})" if guarded else text, means)


def plain(index: str) -> tuple[str, Callable[[Place], int]]:
    return index, lambda at: at[index]


def reversed_(index: str) -> tuple[str, Callable[[Place], int]]:
    return f"n-1-{index}", lambda at: ROWS - 1 - at[index]


def gathered(index: str) -> tuple[str, Callable[[Place], int]]:
    return f"k[{index}]", lambda at: int(ARRAYS["k"][at[index]])


def shifted(index: str, by: int) -> tuple[str, Callable[[Place], int]]:
    return f"{index}{by:+d}", lambda at: at[index] + by


@st.composite
def leaves(draw: st.DrawFn, bound: frozenset[str]) -> Formula:
    rows, columns = sorted(bound & set(OVER_ROWS)), sorted(bound & set(OVER_COLUMNS))
    found = [read("b"), Formula("0.5", lambda at: 0.5), Formula("n", lambda at: ROWS), read("w", ("1", lambda at: 1))]
    for i in rows:
        found += [
            read("v", plain(i)),
            read("v", reversed_(i)),
            read("v", gathered(i)),
            read("x", plain(i), ("2", lambda at: 2)),
        ]
        found += [read("v", shifted(i, -1), guarded=True), read("v", shifted(i, 2), guarded=True)]
        found.append(Formula(i, lambda at, i=i: at[i]))  # type: ignore[misc]
        found += [read("x", plain(i), plain(j)) for j in columns] + [read("x", gathered(i), plain(j)) for j in columns]
    found += [read("w", plain(j)) for j in columns]
    return draw(st.sampled_from(found))


def less(left: float, right: float) -> bool:
    """Where rounding alone decides, there is nothing to compare."""
    assume(left == right == 0 or abs(left - right) > 1e-9)
    return left < right


BINARY = {
    "({} + {})": lambda a, b: a + b,
    "({} - {})": lambda a, b: a - b,
    "{}*{}": lambda a, b: a * b,
    "max({}, {})": max,
    "({} < {})": lambda a, b: float(less(a, b)),
    "twice({}, {})": lambda a, b: a * a + b,
}
UNARY = {
    "tanh({})": math.tanh,
    "abs({})": abs,
    "-{}": lambda a: -a,
    "relu({})": lambda a: max(a, 0.0),
    "cubed({})": lambda a: a * a * a,
    "leaky_relu({})": lambda a: a if a > 0 else 0.01 * a,
}
REDUCTIONS = {
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "max": max,
    "min": min,
    "prod": math.prod,
    "logsumexp": lambda values: reduce(np.logaddexp, values),
}


@st.composite
def formulas(draw: st.DrawFn, bound: frozenset[str], depth: int) -> Formula:
    kind = draw(st.sampled_from(["leaf", "binary", "unary", "where", "reduce"])) if depth else "leaf"
    if kind == "leaf":
        return draw(leaves(bound))
    if kind == "unary":
        pattern, function = draw(st.sampled_from(list(UNARY.items())))
        one = draw(formulas(bound, depth - 1))
        return Formula(pattern.format(one.text), lambda at: function(one.means(at)))
    if kind == "reduce":
        return draw(reductions(bound, depth))
    left, right = draw(formulas(bound, depth - 1)), draw(formulas(bound, depth - 1))
    if kind == "where":
        other = draw(formulas(bound, depth - 1))
        return Formula(
            f"where({left.text} < {right.text}, {other.text}, {left.text})",
            lambda at: other.means(at) if less(left.means(at), right.means(at)) else left.means(at),
        )
    pattern, operation = draw(st.sampled_from(list(BINARY.items())))
    return Formula(pattern.format(left.text, right.text), lambda at: operation(left.means(at), right.means(at)))


@st.composite
def reductions(draw: st.DrawFn, bound: frozenset[str], depth: int) -> Formula:
    index = draw(st.sampled_from(sorted(ENDS)))
    kind = draw(st.sampled_from(sorted(REDUCTIONS)))
    body = draw(formulas(bound | {index}, depth - 1))
    extent = "<n" if ENDS[index] == ROWS else "<3"
    return Formula(
        f"{kind}[{index}{extent}]({body.text})",
        lambda at: REDUCTIONS[kind]([body.means({**at, index: k}) for k in range(ENDS[index])]),
    )


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(["", "i", "j", "ij", "ji"]))
def test_an_index_equation_means_what_it_says(data: st.DataObject, left: str) -> None:
    formula = data.draw(formulas(frozenset(left), 4))
    axes = ",".join(f"{index}<{'n' if ENDS[index] == ROWS else 3}" for index in left)
    network = net(
        *HEAD, "twice(a, b) = a*a + b", "cubed(a) = a*a*a", f"y{f'[{axes}]' if left else ''} = {formula.text}"
    )
    found = value(network, **ARRAYS)
    expected = np.empty([ENDS[index] for index in left])
    for place in np.ndindex(expected.shape):
        expected[place] = formula.means(dict(zip(left, place, strict=True)))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
