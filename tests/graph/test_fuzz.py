"""Whatever a text says that parses, reading it ends with a network or with one error that has a place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graphc.graph.functions import names
from graphc.language.errors import GraphcError
from tests.graph.nets import net

HEAD = [
    "input x[n, m]", "input w[m, 3]", "param b[3]", "input k[n] : integer", "input t[n, 3] : one_hot",
    "const c = 2", "param u", "input e[0, 1]", "f(z, a=2)[...,i] = z[...,i]*a - sum[k](z[...,k])", "g(z) = z*z + u",
]  # fmt: skip
ATOMS = ["x", "w", "b", "k", "t", "c", "u", "e", "i", "j", "n", "m", "pi", "3", "0", "1", "0.5", "-1", "(n, 3)", "(n,)"]
SUBSCRIPTS = ["i", "j", "0", "1", "i+1", "2*i+j", "n-1-i", "k[i]", "-i", "i-1", "...", "m-1"]
KEYWORDS = ["axis=1", "axis=-1", "axis=0", "keepdims=true", "stride=2", "pad=1", "slope=0.2", "axis=(0,1)", "a=2"]
SIGNS = ["{} + {}", "{}*{}", "{} - {}", "({})/{}", "({})**{}", "({}) @ {}", "{}//{}", "({} < {})", "({} == {})"]


def extended(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda sign, a, b: sign.format(a, b), st.sampled_from(SIGNS), parts, parts),
        st.builds(
            lambda name, arguments, keywords: f"{name}({', '.join(arguments + keywords)})",
            st.sampled_from([*names(), "f", "g"]),
            st.lists(parts, min_size=1, max_size=3),
            st.lists(st.sampled_from(KEYWORDS), max_size=1),
        ),
        st.builds(
            lambda base, subscripts: f"({base})[{','.join(subscripts)}]",
            parts,
            st.lists(st.sampled_from(SUBSCRIPTS), min_size=1, max_size=3),
        ),
        st.builds(
            lambda kind, index, body: f"{kind}[{index}]({body})",
            st.sampled_from(["sum", "mean", "max", "prod", "logsumexp"]),
            st.sampled_from(["i", "j", "i,j", "i<3", "j<n", "i<n-1", "i<m//2"]),
            parts,
        ),
    )


FORMULAS = st.recursive(st.sampled_from(ATOMS), extended, max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["y", "y[i]", "y[i,j]", "y[i<n,j<3]", "h(i)", "h(i)[j]", "h(i)[...]", "loss y"]), FORMULAS)
def test_reading_ends_with_a_network_or_with_an_error_that_has_a_place(left: str, right: str) -> None:
    problem: GraphcError | None = None
    try:
        net(*HEAD, f"{left} = {right}", "v = h(x)" if left.startswith("h") else "v = 1")
    except GraphcError as error:
        problem = error
    assert problem is None or (problem.line is not None and problem.column is not None)
