"""Cases: sizes with axes of different lengths, a batch of one, hard points, and numbers that fit what is declared."""

from __future__ import annotations

import numpy as np
import pytest
from diagnosed import Reference, reference, written

from grader.killing import kills

CLASSIFIER = """
input x[n, d]
input t[n, k] : one_hot
input s[n] : in {0, 1}
input q[n, k] : distribution
input u[n] : in (0, 1)
input tok[n] : integer
param W[d, k]
param E[v, k]
z[i,j] = sum[a](x[i,a]*W[a,j]) + E[tok[i], j]
y[i] = sum[j](z[i,j]*t[i,j]*q[i,j])*s[i]*u[i]
loss L = mean[i](y[i])
"""


@pytest.fixture(scope="module")
def neuron() -> Reference:
    return reference("logistic", "gradients(x, t, w, b)", "dL/dw", "dL/db", sizes=({"n": 4, "m": 3},))


@pytest.fixture(scope="module")
def declared() -> Reference:
    return written(CLASSIFIER, "f(x, t, s, q, u, tok, W, E)", "L")


def test_there_are_sizes_of_the_exercise_and_of_the_grader_and_a_batch_of_one(neuron):
    sizes = [case.sizes for case in neuron.cases(1)]
    assert sizes[0] == {"n": 4, "m": 3}
    assert len({tuple(one.items()) for one in sizes}) >= 4
    assert any(one["n"] == 1 for one in sizes)


def test_axes_of_different_size_have_different_lengths(declared):
    for case in declared.cases(1):
        if not case.hard:
            lengths = [length for name, length in case.sizes.items() if name != "n"]
            assert len(set(lengths)) == len(lengths)


def test_every_size_changes_between_the_grader_s_own(declared):
    ordinary, _, other = [case.sizes for case in declared.cases(1)][:3]
    assert all(ordinary[name] != other[name] for name in ordinary)


def test_hard_points_are_among_them(neuron):
    labels = [case.label for case in neuron.cases(1)]
    assert {"small whole numbers", "large x", "zeros", "a batch of one"} <= set(labels)


def test_numbers_are_what_the_model_says_of_them(declared):
    for case in declared.cases(2):
        given = case.arguments
        assert set(np.unique(given["s"])) <= {0.0, 1.0}
        assert set(np.unique(given["t"])) <= {0.0, 1.0}
        assert (given["t"].sum(axis=1) == 1).all()
        assert np.allclose(given["q"].sum(axis=1), 1)
        assert (given["q"] >= 0).all()
        assert ((given["u"] > 0) & (given["u"] < 1)).all()
        assert given["tok"].dtype.kind == "i"
        assert (given["tok"] >= 0).all()
        assert (given["tok"] < len(given["E"])).all()


def test_what_a_root_or_a_logarithm_is_taken_of_is_positive():
    step = written("input v[d]\ninput t\nw = log(v)/(1 - 0.9**t)\n", "f(v, t)", "w")
    for case in step.cases(1):
        assert (case.arguments["v"] > 0).all()
        assert np.isfinite(case.expected["w"]).all()


def test_a_seed_gives_the_same_cases_and_another_one_others():
    def drawn(seed):
        one = reference("logistic", "gradients(x, t, w, b)", "dL/dw")
        return [case.arguments["x"] for case in one.cases(seed)]

    assert all(np.array_equal(a, b) for a, b in zip(drawn(7), drawn(7), strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(drawn(7)[:2], drawn(8)[:2], strict=True))


def test_arrays_are_fresh_each_time(neuron):
    case = neuron.cases(1)[0]
    case.arrays()[0][...] = 0
    assert case.arrays()[0].any()
    assert [array.shape for array in case.arrays()] == [case.arguments[name].shape for name in ("x", "t", "w", "b")]


def test_a_tie_has_few_enough_choices_to_be_compared_exactly():
    pool = written("input x[n, c, H, W]\noutput y = max_pool2d(x, 2)\n", "f(x, g)", "dy/dx", upstream="g")
    (tie,) = [case for case in pool.cases(3) if case.label == "small whole numbers"]
    assert 2 <= len(tie.margins["dy/dx"].choices) <= 4


def test_kernels_fit_into_images():
    layer = written("input x[n,c,H,W]\nparam w[o,c,5,4]\noutput y = conv2d(x, w)\n", "f(x, w)", "y")
    for case in layer.cases(1):
        assert case.expected["y"].size


def survivors(reference, seed: int) -> list[tuple[str, str, str]]:
    """The mistakes in each value that these cases do not tell from the right answer; there are others that they do."""
    found = {name: kills(reference, name, reference.cases(seed)) for name in reference.returns}
    assert all(one.killed for one in found.values())
    return [(name, mutant.code, mutant.where) for name, one in found.items() for mutant in one.survivors]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_mistake_that_makes_a_difference_is_told_apart(neuron, seed):
    assert survivors(neuron, seed) == []


def test_every_mistake_in_a_layer_is_told_apart():
    layer = written("input x[n, m]\nparam W[m, k]\nparam b[k]\noutput y = tanh(x @ W + b)\n", "f(x, W, b)", "y")
    assert survivors(layer, 0) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_maximum_that_begins_at_zero_is_told_apart(seed):
    pooling = written("input x[h, w]\noutput y[i<h//2,j<w//2] = max[u<2,v<2](x[2*i+u,2*j+v])", "forward(x)", "y")
    begun_at_zero = [np.maximum(case.expected["y"], 0) for case in pooling.cases(seed)]
    pairs = zip(pooling.cases(seed), begun_at_zero, strict=True)
    assert not all(pooling.compare(case, "y", value).equal for case, value in pairs)
