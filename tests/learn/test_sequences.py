"""Sequences of tokens: what the made sets hold, and that nets which look tokens up learn them."""

from __future__ import annotations

import numpy as np
import pytest

import graphc as gc
from graphc.learn.data.catalogue import make
from graphc.learn.data.fit_to import fit_to


@pytest.mark.parametrize("settings", [{}, {"length": 4, "tokens": 2}, {"length": 1, "tokens": 7}], ids=str)
def test_the_class_is_the_token_that_comes_most_often(settings):
    data = make("majority", rows=200, **settings)
    x, label = data.inputs["x"], data.targets["t"].values
    tokens = len(data.classes)
    counts = np.stack([np.bincount(row, minlength=tokens) for row in x])
    np.testing.assert_array_equal(counts.argmax(axis=1), label)
    assert (np.sort(counts, axis=1)[:, -1] > np.sort(counts, axis=1)[:, -2]).all()
    assert set(label) == set(range(tokens))
    assert x.dtype.kind == "i"


def test_a_sequence_is_learnt_from_its_end():
    data = make("reverse", rows=20, length=5, tokens=3)
    assert data.inputs["x"].shape == (20, 5)
    np.testing.assert_array_equal(data.targets["t"].values, data.inputs["x"][:, ::-1])
    assert set(np.unique(data.inputs["x"])) == {0, 1, 2}


@pytest.mark.parametrize("name", ["majority", "reverse"])
def test_one_token_alone_says_nothing(name):
    with pytest.raises(gc.GraphcError, match="at least 2"):
        make(name, tokens=1)


def embedding_net(tokens: int = 4) -> gc.Sequential:
    return gc.Sequential(
        [gc.Embedding(tokens, 8), gc.Flatten(), gc.Dense(32, "relu"), gc.Dense(4)], input=(9,), name="tokens"
    )


def test_an_embedding_net_learns_which_token_comes_most_often():
    model = embedding_net()
    model.compile(gc.Adam(0.01), loss="cross_entropy")
    model.fit("majority", epochs=15, verbose=False)
    assert model.evaluate(make("majority").held_out)["accuracy"] > 0.95


def test_tokens_that_the_table_lacks_are_told_with_their_row():
    model = embedding_net(tokens=3)
    model.compile(gc.Adam(0.01), loss="cross_entropy")
    with pytest.raises(gc.GraphcError, match=r"3 in row \d+ is out of range: 3 classes are 0 to 2"):
        model.fit("majority", verbose=False)


@pytest.mark.slow
def test_attention_learns_to_reverse_a_sequence():
    model = gc.Model.from_net("attention")
    model.compile(gc.Adam(0.01))
    assert fit_to(model, make("reverse")).columns["t"].shape == (8, 10)
    model.fit("reverse", epochs=6, verbose=False)
    assert model.evaluate(make("reverse").held_out)["accuracy"] > 0.95
