"""What a network takes from a whole batch: a run evaluates and predicts with what it learnt, whoever is in a batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import graphc as gc
from graphc.learn.data.catalogue import make
from graphc.learn.evaluation import Evaluation, predictions
from graphc.learn.plan import Plan
from graphc.learn.run import STATISTICS, Run
from graphc.learn.train import Trained, train

NET = """
input x[n, 2]
input t[n, 1] : in {0, 1}
param W[2, 6]
param g[6]
param b[6]
param V[6, 1]
output y = sigma(relu(batch_norm(x @ W, g, b)) @ V)
loss L = mean(binary_cross_entropy(y, t))
"""
DATA = "moons:rows=60"


def learn(folder: Path, epochs: int = 6, **settings) -> Trained:
    plan = Plan("net", DATA, epochs=epochs, batch_size=16, **settings)
    return train(NET, "net", plan, folder, resume=True, every=0)


def test_the_run_the_history_and_the_model_say_the_same(tmp_path):
    trained = learn(tmp_path)
    run, held_out = Run.open(tmp_path), make("moons", rows=60).held_out
    found = Evaluation(run.settled, run.answers)(run.known, run.feed(DATA).held_out)
    assert found["loss"] == trained.history.last["val_loss"] == trained.metrics["val_loss"]
    model = gc.load_model(tmp_path)
    assert model.evaluate(held_out.inputs["x"], held_out.targets["t"].values) == found


def test_the_statistics_are_those_of_what_was_learnt_from(tmp_path):
    trained = learn(tmp_path)
    run = Run.open(tmp_path)
    z = make("moons", rows=60).inputs["x"].astype(np.float32) @ trained.step.params["W"]
    own = [value for name, value in run.known.items() if name not in run.params]
    assert any(np.allclose(value, z.mean(axis=0), atol=1e-5) for value in own)
    assert any(np.allclose(value, z.var(axis=0), atol=1e-4) for value in own)


def test_what_is_predicted_of_an_example_does_not_depend_on_the_others(tmp_path):
    learn(tmp_path)
    run = Run.open(tmp_path)
    feed = run.feed(DATA).held_out
    alone = predictions(run.settled, run.known, feed.take(slice(0, 1)))["y"]
    np.testing.assert_allclose(alone, predictions(run.settled, run.known, feed)["y"][:1], atol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="plain"),
        pytest.param({"class_weights": "0=1,1=3"}, id="weights", marks=pytest.mark.slow),
        pytest.param({"patience": 3}, id="early", marks=pytest.mark.slow),
    ],
)
def test_a_run_taken_up_again_has_the_same_bits(tmp_path, settings):
    learn(tmp_path / "whole", **settings)
    learn(tmp_path / "parts", epochs=2, **settings)
    learn(tmp_path / "parts", **settings)
    whole, parts = Run.open(tmp_path / "whole"), Run.open(tmp_path / "parts")
    assert whole.files[STATISTICS] == parts.files[STATISTICS]
    assert whole.history.rows == parts.history.rows


def test_a_model_that_goes_on_learning_measures_as_before(tmp_path):
    x, t = make("moons", rows=60).inputs["x"], make("moons", rows=60).targets["t"].values[:, None]
    model = gc.Model.from_net(_written(tmp_path))
    model.compile(gc.Adam(0.01))
    history = model.fit(x, t, epochs=3, validation_data=(x[:20], t[:20]), verbose=False)
    assert history.last["val_loss"] == pytest.approx(model.evaluate(x[:20], t[:20])["loss"], rel=1e-6)


def _written(folder: Path) -> Path:
    (folder / "net.net").write_text(NET)
    return folder / "net.net"
