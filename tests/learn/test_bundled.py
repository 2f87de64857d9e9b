"""The sets of scikit-learn, and images brought to another size."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.learn.data.catalogue import TABLE, make
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.resize import resized, weights

BUNDLED = [entry for entry in TABLE if not entry.made]


@pytest.mark.parametrize("entry", BUNDLED, ids=lambda entry: entry.name)
def test_without_scikit_learn_the_extra_is_named(entry, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(GraphcError) as caught:
        make(entry.name)
    assert caught.value.hint == "pip install 'graphc[data]'"


@pytest.mark.parametrize("entry", BUNDLED, ids=lambda entry: entry.name)
def test_a_bundled_set_has_what_its_row_says_and_every_class_in_both_parts(entry):
    pytest.importorskip("sklearn")
    data = make(entry.name)
    assert (data.rows, data.held_out.rows) == (entry.rows, entry.held_out)
    assert data.inputs["x"][0].size == entry.features
    shares = [np.bincount(part.targets["t"].values) / part.rows for part in (data, data.held_out)]
    np.testing.assert_allclose(*shares, atol=0.04)
    other = make(entry.name, seed=1)
    assert (other.inputs["x"] != data.inputs["x"]).any()


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("softmax-classifier", "iris"),
        ("softmax-classifier", "wine"),
        ("softmax-classifier", "digits"),
        ("logistic", "breast-cancer"),
        ("cnn10", "digits"),
        ("lenet5", "digits"),
        ("net5", "digits"),
        ("autoencoder", "digits"),
        ("transfer", "digits:first=5,classes=5"),
    ],
)
def test_the_bundled_sets_fit_their_models(model, name):
    pytest.importorskip("sklearn")
    from graphc.learn.data.read import read

    network = load(model)
    found = next(fit_to(network, read(name)).batches(8))
    assert {key: len(array) for key, array in found.items()} == {leaf.name: 8 for leaf in network.inputs}


def test_some_of_the_digits_can_be_had_at_another_size():
    pytest.importorskip("sklearn")
    data = make("digits", first=7, classes=2, size=12)
    assert data.inputs["x"].shape[1:] == (1, 12, 12)
    assert (data.classes, data.picture) == (("7", "8"), (12, 12))
    assert set(data.targets["t"].values) == {0, 1}
    with pytest.raises(GraphcError, match="ten classes"):
        make("digits", first=8, classes=3)


def test_what_is_standardised_has_mean_0_over_the_rows_to_learn_from():
    pytest.importorskip("sklearn")
    x = make("wine").inputs["x"]
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(x.std(axis=0), 1)


@pytest.mark.parametrize(("before", "after"), [(8, 32), (28, 16), (5, 5), (3, 7), (7, 3), (1, 4), (4, 1)])
def test_the_weights_of_each_new_pixel_add_up_to_1(before, after):
    np.testing.assert_allclose(weights(before, after).sum(axis=1), 1)
    np.testing.assert_array_equal(resized(np.full((2, before, before), 3.0), after, after).round(5), 3)


def test_a_slope_stays_a_slope_when_it_is_enlarged():
    slope = np.tile(np.arange(8.0), (8, 1))
    larger = resized(slope, 32, 32)
    np.testing.assert_allclose(np.diff(larger[:, 4:-4], axis=1), 0.25, atol=1e-5)
    np.testing.assert_allclose(larger[:, :2], 0, atol=1e-6)


def test_made_smaller_no_pixel_is_lost():
    for place in range(28):
        dot = np.zeros((28, 28))
        dot[place, 14] = 1
        assert resized(dot, 16, 16).sum() > 0.2
