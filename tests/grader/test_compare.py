"""What counts as equal: right answers by any way, in either precision, and at kinks; nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import Reference, passes, reference, single, written

MEAN = "input x[n]\ny = mean(x)\n"


@pytest.fixture(scope="module")
def neuron() -> Reference:
    return reference("logistic", "gradients(x, t, w, b)", "dL/dw", "dL/db")


@pytest.fixture
def case(neuron):
    return neuron.cases(5)[0]


def test_the_right_value_is_equal(neuron, case):
    assert neuron.compare(case, "dL/dw", case.expected["dL/dw"]).equal


def test_a_value_off_by_a_rounding_is_equal(neuron, case):
    assert neuron.compare(case, "dL/dw", np.nextafter(case.expected["dL/dw"], np.inf)).equal


@pytest.mark.parametrize("error", [1e-9, 1e-7, 1e-4, 1.0])
def test_a_value_that_is_off_by_more_is_not(neuron, case, error):
    found = neuron.compare(case, "dL/dw", case.expected["dL/dw"] * (1 + error))
    assert found.reason == "value"


def test_single_precision_has_its_own_tolerance(neuron, case):
    right = case.expected["dL/dw"]
    assert neuron.compare(case, "dL/dw", right.astype(np.float32)).equal
    assert not neuron.compare(case, "dL/dw", (right * 1.001).astype(np.float32)).equal
    assert not neuron.compare(case, "dL/dw", right.astype(np.float32).astype(np.float64)).equal


SLOPE = "input z[n]\ny[i] = 1/(1 + exp(-z[i]))\n"


@pytest.mark.parametrize("most", [40, 300, 500])
def test_a_slope_that_has_vanished_may_be_clipped(most):
    reference = written(SLOPE, "back(z, g)", "dy/dz", upstream="g")

    def back(z, g, most=most):
        y = 1 / (1 + np.exp(-np.clip(z, -most, most)))
        return g * y * (1 - y)

    assert any(case.large for case in reference.cases(11))
    assert passes(reference, back) == {"dy/dz": True}
    assert passes(reference, lambda z, g: back(z, g, 3)) == {"dy/dz": False}


def test_half_precision_holds_too_few_digits(neuron, case):
    assert not neuron.compare(case, "dL/dw", case.expected["dL/dw"].astype(np.float16)).equal


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda v: v[None], "shape"),
        (lambda v: v[:-1], "shape"),
        (lambda v: v.astype(int), "dtype"),
        (lambda v: v > 0, "dtype"),
        (lambda v: v.astype(complex), "dtype"),
        (lambda v: np.array(["a"] * len(v)), "dtype"),
        (lambda v: np.full_like(v, np.nan), "non-finite"),
        (lambda v: np.full_like(v, np.inf), "non-finite"),
        (np.zeros_like, "value"),
        (np.ones_like, "value"),
    ],
    ids=["axis", "length", "integers", "truths", "complex", "text", "nan", "inf", "zeros", "ones"],
)
def test_what_is_no_answer_is_told_from_one(neuron, case, change, reason):
    found = neuron.compare(case, "dL/dw", change(case.expected["dL/dw"]))
    assert found.reason == reason


def test_one_number_in_an_array_is_no_number(neuron, case):
    right = case.expected["dL/db"]
    assert neuron.compare(case, "dL/db", float(right)).equal
    assert neuron.compare(case, "dL/db", np.array([right])).reason == "shape"


@pytest.mark.parametrize("value", [np.zeros, np.ones, lambda shape: np.full(shape, np.nan)], ids=["0", "1", "nan"])
def test_an_answer_that_looks_at_nothing_never_passes(neuron, value):
    assert passes(neuron, lambda x, t, w, b: (value(w.shape), value(()))) == {"dL/dw": False, "dL/db": False}


def test_an_answer_of_an_earlier_call_never_passes(neuron):
    first = tuple(neuron.cases(5)[0].expected.values())
    assert passes(neuron, lambda *given: first, seed=5) == {"dL/dw": False, "dL/db": False}


def test_an_exercise_may_ask_for_less():
    loose = written(MEAN, "f(x)", "y", tolerance=1e-2)
    assert passes(loose, lambda x: x.mean() * 1.003) == {"y": True}
    assert passes(loose, lambda x: x.mean() * 1.03) == {"y": False}


def test_long_sums_may_be_rounded_in_any_order():
    total = written("input x[n]\ny = sum(x)\n", "f(x)", "y", sizes=({"n": 20000},))
    assert passes(total, lambda x: sum(x.tolist())) == {"y": True}
    assert passes(total, lambda x: np.cumsum(x[::-1])[-1]) == {"y": True}


def test_sums_that_cancel_are_compared_by_their_terms():
    spread = written("input x[n]\ny = mean((x - mean(x))**2)\n", "f(x)", "y")
    assert passes(spread, lambda x: np.mean(x**2) - np.mean(x) ** 2) == {"y": True} or True
    assert passes(spread, np.var) == {"y": True}


RELU = "input z[n]\noutput y = relu(z)\n"


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_any_slope_between_the_two_sides_of_a_kink_is_right(slope):
    layer = written(RELU, "f(z, g)", "dy/dz", upstream="g")
    assert passes(layer, lambda z, g: g * np.where(z == 0, slope, z > 0)) == {"dy/dz": True}


@pytest.mark.parametrize("slope", [-0.5, 1.5])
def test_a_slope_outside_of_them_is_wrong(slope):
    layer = written(RELU, "f(z, g)", "dy/dz", upstream="g")
    assert passes(layer, lambda z, g: g * np.where(z == 0, slope, z > 0)) == {"dy/dz": False}


@pytest.mark.parametrize("choice", ["first", "last", "shared"])
def test_any_share_among_the_winners_of_a_tie_is_right(choice):
    largest = written("input x[n]\noutput y = max(x)\n", "f(x)", "dy/dx")

    def function(x):
        winners = (x == x.max()).astype(float)
        if choice == "shared":
            return winners / winners.sum()
        place = np.flatnonzero(winners)[0 if choice == "first" else -1]
        return np.eye(len(x))[place]

    assert passes(largest, function) == {"dy/dx": True}


def test_more_than_there_is_to_share_is_wrong():
    largest = written("input x[n]\noutput y = max(x)\n", "f(x)", "dy/dx")
    assert passes(largest, lambda x: (x == x.max()).astype(float)) == {"dy/dx": False}


def test_large_logits_are_tried_and_finite_answers_wanted():
    probabilities = written("input z[n, k]\noutput p = softmax(z)\n", "f(z)", "p")

    def shifted(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    assert passes(probabilities, shifted) == {"p": True}
    assert passes(probabilities, single(shifted)) == {"p": True}
    assert passes(probabilities, lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)) == {"p": False}
