"""Random expressions: what is equal by construction is never called false, a changed line is never passed."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphc.judge.equal import Assumption, Givens, decide
from graphc.language.expression import (
    Call,
    Compare,
    Equation,
    Expression,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Span,
    Sum,
)

FEW = settings(max_examples=40, deadline=None)
NAMES = [Name(name) for name in "xyz"]
FUNCTIONS = ["exp", "sin", "tanh", "sigma", "abs", "relu", "softplus"]


def number(value):
    return Number(Fraction(value))


leaves = st.sampled_from([*NAMES, number(1), number(2), number(3)])


def larger(inner):
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(Sum),
        two.map(Product),
        two.map(lambda pair: Quotient(pair[0], Sum((Power(pair[1], number(2)), number(1))))),
        inner.map(Negative),
        st.tuples(inner, st.sampled_from([2, 3])).map(lambda pair: Power(pair[0], number(pair[1]))),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda pair: Call(pair[0], (pair[1],))),
    )


expressions = st.recursive(leaves, larger, max_leaves=8)

# Each rewrites an expression to one that is equal, whatever its parts are.
EQUAL = [
    lambda e, f: (Sum((e, f)), Sum((f, e))),
    lambda e, f: (Product((e, f)), Product((f, e))),
    lambda e, f: (
        Power(Sum((e, f)), number(2)),
        Sum((Power(e, number(2)), Product((number(2), e, f)), Power(f, number(2)))),
    ),
    lambda e, f: (Call("exp", (Sum((e, f)),)), Product((Call("exp", (e,)), Call("exp", (f,))))),
    lambda e, f: (Call("max", (e, f)), Sum((e, Call("relu", (Sum((f, Negative(e))),))))),
    lambda e, f: (Call("abs", (Product((e, f)),)), Product((Call("abs", (e,)), Call("abs", (f,))))),
    lambda e, f: (
        Call("tanh", (e,)),
        Sum((Product((number(2), Call("sigma", (Product((number(2), e)),)))), number(-1))),
    ),
    lambda e, f: (Sum((e, Negative(f))), Negative(Sum((f, Negative(e))))),
]


@FEW
@given(expressions, expressions, st.sampled_from(EQUAL))
def test_what_is_equal_by_construction_is_never_called_false(e, f, rewrite):
    before, after = rewrite(e, f)
    assert decide(before, after, twice=False).status != "false"


@FEW
@given(expressions, st.sampled_from(NAMES), st.sampled_from(["sign", "one more", "factor", "square"]))
def test_a_changed_line_is_never_passed(e, name, slip):
    before = Sum((e, Product((name, name))))
    after = {
        "sign": Sum((e, Negative(Product((name, name))))),
        "one more": Sum((before, number(1))),
        "factor": Sum((e, Product((number(2), name, name)))),
        "square": Sum((e, Product((name, name, name)))),
    }[slip]
    assert decide(before, after, twice=False).status != "true"


@FEW
@given(expressions, st.sampled_from(NAMES), st.tuples(*[st.integers(1, 9)] * 3))
def test_a_derivative_is_the_limit_of_differences(e, name, point):
    world = Givens((Equation("L", None, e, Span(1, 1)),))
    at = dict(zip("xyz", (k / 7 for k in point), strict=True))
    step = 1e-5
    up, down = (value(e, {**at, name.name: at[name.name] + sign * step}) for sign in (1, -1))
    slope = (up - down) / (2 * step)
    assume(math.isfinite(slope) and abs(slope) < 1e3)
    assume(abs(up - 2 * value(e, at) + down) / step < 1e-2)  # no kink near
    ratio = Quotient(Name("dL"), Name("d" + name.name))
    there = [Compare((part, number(Fraction(k, 7))), ("==",)) for part, k in zip(NAMES, point, strict=True)]
    assumed = [Assumption("holds", holds=compare) for compare in there]
    shown = decide(ratio, number(Fraction(slope) + 1), world.assuming(assumed), twice=False)
    assert shown.witness is not None
    assert math.isclose(shown.witness.before, slope, rel_tol=1e-4, abs_tol=1e-4)


def value(e: Expression, at: dict[str, float]) -> float:
    """The value in floats, by Python's own functions."""
    try:
        return VALUES[type(e)](e, at)
    except OverflowError:
        return math.inf


def call(e, at):
    u = value(e.arguments[0], at)
    return {
        "exp": lambda: math.exp(u),
        "sin": lambda: math.sin(u),
        "tanh": lambda: math.tanh(u),
        "sigma": lambda: 1 / (1 + math.exp(-u)),
        "abs": lambda: abs(u),
        "relu": lambda: max(0.0, u),
        "softplus": lambda: math.log1p(math.exp(-abs(u))) + max(u, 0.0),
    }[e.function]()


VALUES = {
    Number: lambda e, at: float(e.value),
    Name: lambda e, at: at[e.name],
    Sum: lambda e, at: sum(value(term, at) for term in e.terms),
    Product: lambda e, at: math.prod(value(factor, at) for factor in e.factors),
    Quotient: lambda e, at: value(e.left, at) / value(e.right, at),
    Negative: lambda e, at: -value(e.operand, at),
    Power: lambda e, at: value(e.left, at) ** value(e.right, at),
    Call: call,
}
