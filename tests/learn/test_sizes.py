"""Sizes that a model leaves free are said, or told by the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import graphc as gc


def test_a_free_size_is_given_where_the_model_is_made(tmp_path: Path) -> None:
    model = gc.Model.from_net("approximate", sizes={"m": 5})
    assert model.values["w"].shape == (5,)
    assert model.count_params() == 15
    model.compile("adam", seed=3)
    model.fit("wave", epochs=1, verbose=False)
    model.save(tmp_path / "wave")
    again = gc.load_model(tmp_path / "wave")
    assert again.count_params() == 15
    x = np.linspace(0, 1, 7, dtype="float32")
    assert np.array_equal(again.predict(x), model.predict(x))


def test_a_size_that_is_not_given_is_asked_for_in_words_that_help() -> None:
    model = gc.Model.from_net("approximate")
    for ask in (model.count_params, lambda: model.values):
        with pytest.raises(gc.GraphcError, match="the size `m` of the parameter `w` is not known") as error:
            ask()
        assert 'sizes={"m": 16}' in str(error.value.hint)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"k": 3}, "approximate has no size `k` that is free"),
        ({"m": 0}, "the size `m` is a whole number from 1 up, not 0"),
        ({"m": 2.5}, "the size `m` is a whole number from 1 up, not 2.5"),
    ],
)
def test_a_size_that_cannot_be_is_refused(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(gc.GraphcError) as error:
        gc.Model.from_net("approximate", sizes=sizes)
    assert error.value.message == message


def test_parameters_are_counted_as_they_are_shared_and_frozen_or_not() -> None:
    x = gc.input("x", ("n", 4))
    shared = gc.Dense(4, "tanh")
    model = gc.Model(x, gc.Dense(1, trainable=False)(shared(shared(x))))
    assert model.count_params() == (4 * 4 + 4) + (4 + 1)
    assert model.count_params() == sum(array.size for array in model.values.values())


def test_what_the_data_told_is_counted_too() -> None:
    model = gc.Model.from_net("logistic")
    with pytest.raises(gc.GraphcError):
        model.count_params()
    model.compile("sgd")
    model.fit(np.zeros((6, 3), "float32"), np.array([0, 1, 0, 1, 0, 1]), verbose=False)
    assert model.count_params() == 4
