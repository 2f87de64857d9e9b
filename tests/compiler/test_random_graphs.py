"""Any graph of nodes compiles to what the plain evaluator says it means."""

from __future__ import annotations

import warnings
from random import Random

import numpy as np
from graphs import Graph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import evaluate

from graphc.compiler.program import compile


def agrees(got: np.ndarray, want: np.ndarray, tolerance: float = 1e-9) -> None:
    assert got.shape == want.shape
    finite = np.abs(want[np.isfinite(want)])
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * max(1.0, finite.max(initial=0)))


def check(seed: int, empty: bool) -> None:
    graph = Graph(Random(seed), empty)
    roots = graph.roots()
    arrays = graph.arrays()
    before = {name: array.copy() for name, array in arrays.items()}
    try:
        wanted = evaluate(roots, arrays)
    except AssertionError:  # an index out of range, which is an error here too
        return
    program = compile(roots)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = program(**arrays)
        second = program(**arrays)
    for once, again, want in zip(first, second, wanted, strict=True):
        agrees(once, want)
        np.testing.assert_array_equal(once, again)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, before[name])


SETTINGS = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(st.integers(0, 2**32))
def test_a_random_graph_has_the_values_of_the_plain_evaluator(seed):
    check(seed, empty=False)


@SETTINGS
@given(st.integers(0, 2**32))
def test_so_has_one_with_axes_of_no_elements(seed):
    check(seed, empty=True)
