"""Every scalar operation and reduction, in both float types, at ordinary numbers and at extremes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from reference import evaluate

from graphc.compiler.program import compile
from graphc.graph.node import Leaf, Node, plain_map
from graphc.graph.scalar import COMPARISONS, OPERATIONS, Index, Scalar, add, affine, apply, mul, number, power
from graphc.graph.size import size

N, M = size("n"), size("m")
X, Y = Leaf("input", "x", (N, M)), Leaf("input", "y", (N, M))
x, y = (leaf.read((affine(Index(0)), affine(Index(1)))) for leaf in (X, Y))
positive = add(number(0.1), power(x, 2))

BODIES: dict[str, Scalar] = {
    **{
        name: apply(name, x)
        for name in ("exp", "sin", "cos", "tanh", "erf", "sigma", "softplus", "abs", "sign", "step")
    },
    **{name: apply("where", apply(name, x, y), x, number(7)) for name in sorted(COMPARISONS)},
    **{f"{name} as a number": mul(number(3), apply(name, x, y)) for name in sorted(COMPARISONS)},
    "max": apply("max", x, y),
    "min": apply("min", x, y),
    "log": apply("log", positive),
    "and": apply("and", apply("lt", x, y), apply("gt", x, number(-1))),
    "add": add(x, y, number(2), x),
    "mul": mul(number(3), x, y, x),
    "pi": mul(apply("pi"), x),
    "difference": add(number(1), mul(number(-1), x), mul(number(-2), y)),
    "quotient": mul(x, power(positive, -1), power(y, -2)),
    "power of a read": power(positive, y),
    "where with two constants": apply("where", apply("lt", x, y), number(1), number(-2)),
    "where, zero first": apply("where", apply("lt", x, y), number(0), x),
    "where, zero second": apply("where", apply("lt", x, y), x, number(0)),
    "where of two reads": apply("where", apply("lt", x, y), x, y),
    **{f"power {p}": power(positive, p) for p in (-3, -2, -1, 2, 3, 4, 5)},
    **{f"root {p}": power(positive, number(p)) for p in (0.5, -0.5, 1.5, -1.5, 0.25)},
}


def test_the_table_has_every_operation_of_the_language():
    used = {part.split()[0] for part in BODIES} | {"pow", "where"}
    assert set(OPERATIONS) <= used


def node(body: Scalar, reduce: str | None = None) -> Node:
    return plain_map("out", (N,), body, "ij", reduce, (M,)) if reduce else plain_map("out", (N, M), body, "ij")


def arrays(n: int, m: int, dtype: type = float) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(n * 100 + m)
    return {name: generator.normal(size=(n, m)).astype(dtype) * 3 for name in "xy"}


def given(program, values):
    return program(**{name: values[name] for name in program.inputs})


@pytest.mark.parametrize("shape", [(3, 4), (40, 50)], ids=["few", "many"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", BODIES)
def test_an_operation_has_the_plain_evaluators_value(name, dtype, shape):
    out = node(BODIES[name])
    values = arrays(*shape, dtype)
    got = given(compile(out), values)
    (want,) = evaluate([out], values)
    assert got.dtype == dtype
    np.testing.assert_allclose(
        got, want, rtol=1e-12 if dtype == np.float64 else 2e-5, atol=0 if dtype == np.float64 else 1e-6
    )


@pytest.mark.parametrize("name", ["where of two reads", "where, zero first", "where, zero second"])
def test_a_choice_among_many_elements_takes_no_notice_of_the_branch_not_taken(name):
    size_known = Leaf("input", "x", (size(30), size(40))), Leaf("input", "y", (size(30), size(40)))
    first, second = (leaf.read((affine(Index(0)), affine(Index(1)))) for leaf in size_known)
    bodies = {
        "where of two reads": apply("where", apply("lt", first, number(0)), second, first),
        "where, zero first": apply("where", apply("lt", first, number(0)), number(0), second),
        "where, zero second": apply("where", apply("ge", first, number(0)), second, number(0)),
    }
    out = plain_map("out", (size(30), size(40)), bodies[name], "ij")
    values = arrays(30, 40)
    taken = values["x"] >= 0 if name != "where of two reads" else values["x"] < 0
    values["y"][~taken] = np.nan
    got = given(compile(out), values)
    assert np.isfinite(got).all()
    np.testing.assert_array_equal(got, evaluate([out], values)[0])


REDUCTIONS = ["sum", "max", "min", "prod", "logsumexp", "argmax", "argmin"]


@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_a_reduction_has_the_plain_evaluators_value(reduce):
    out = node(x, reduce)
    values = arrays(5, 7)
    values["x"][0, 3] = values["x"][0, 5] = values["x"].max() + 1  # a tie
    np.testing.assert_allclose(given(compile(out), values), evaluate([out], values)[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["sigma", "softplus", "exp", "tanh", "erf", "log"])
def test_extreme_arguments_warn_of_nothing_and_give_the_limit(name):
    extremes = np.array([[-np.inf, -1e4, -745.0, -40.0, 0.0, 40.0, 745.0, 1e4, np.inf, np.nan]])
    body = {"log": apply("log", x)}.get(name, apply(name, x))
    limits = {
        "sigma": lambda z: np.where(
            z < 0, np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, 0))), 1 / (1 + np.exp(-np.abs(z)))
        ),
        "softplus": lambda z: np.logaddexp(0, z),
        "exp": np.exp,
        "tanh": np.tanh,
        "erf": lambda z: np.where(np.isnan(z), z, np.sign(z) * (np.abs(z) > 1)),
        "log": np.log,
    }
    with np.errstate(all="ignore"):
        want = limits[name](extremes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = compile(node(body))(x=extremes)
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_erf_is_right_to_the_last_digits(dtype):
    from math import erf

    points = np.concatenate([np.linspace(-6, 6, 2001), [0.0, 0.46875, -0.46875, 4.0, 1e-300, 1e-8, 30.0]]).astype(dtype)
    got = compile(node(apply("erf", x)))(x=points[None])
    want = np.array([erf(float(point)) for point in points])
    np.testing.assert_allclose(got[0], want, rtol=4 * np.finfo(dtype).eps, atol=0)


def test_logsumexp_stays_finite_where_the_largest_term_does_not_fit():
    program = compile(node(x, "logsumexp"))
    far = np.array([[1e4, 1e4], [-1e4, -1e4], [-np.inf, -np.inf], [np.inf, 0.0], [-np.inf, 3.0]])
    np.testing.assert_allclose(program(x=far), [1e4 + np.log(2), -1e4 + np.log(2), -np.inf, np.inf, 3.0])
