"""A saved model is loaded to the same bits, and goes on learning as if it had never been away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphc as gc
from graphc.learn.evaluation import Evaluation
from graphc.learn.model_text import text_of
from graphc.learn.plan import Plan
from graphc.learn.run import Run
from graphc.learn.train import train

RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-1, 1, (90, 2))
T = (X[:, :1] > X[:, 1:] ** 2).astype(float)


def trained(**options: Any) -> gc.Sequential:
    made = gc.Sequential([gc.Dense(5, "prelu"), gc.Dropout(0.2), gc.Dense(1, "sigma")], input=(2,), name="small")
    arguments: dict[str, Any] = {"optimizer": gc.Adam(0.02), "loss": "binary_cross_entropy", "metrics": ["accuracy"]}
    made.compile(**{**arguments, **options}, seed=4)
    made.fit(X, T, epochs=3, verbose=False)
    return made


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimizer": gc.SGD(gc.Cosine(0.1, steps=60, warmup=5), momentum=0.9)},
        {"regularisers": [gc.L2(1e-3), gc.L1(1e-4, ("W1",))], "clip": gc.ClipNorm(0.5)},
        {"trainable": ["W2", "b2"], "dtype": "float64"},
        {"optimizer": gc.Optimizer("new_p = p - lr*sign(g)", 0.001)},
    ],
    ids=["adam", "schedule", "terms and clipping", "some parameters", "own formulas"],
)
def test_a_loaded_model_goes_on_to_the_same_bits(options: dict[str, Any], tmp_path: Path) -> None:
    model = trained(**options)
    model.save(tmp_path / "run")
    loaded = gc.load_model(tmp_path / "run")
    assert np.array_equal(loaded.predict(X), model.predict(X))
    assert loaded.evaluate(X, T) == model.evaluate(X, T)
    assert loaded.history.rows == model.history.rows
    assert loaded.fit(X, T, epochs=3, verbose=False).rows == model.fit(X, T, epochs=3, verbose=False).rows
    assert all(np.array_equal(loaded.values[name], model.values[name]) for name in model.values)


def test_the_folder_holds_the_model_as_text(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path)
    assert (tmp_path / "model.net").read_text() == model.to_net()
    assert gc.load(tmp_path / "model.net").loss is not None
    about = json.loads((tmp_path / "run.json").read_text())
    assert about["seed"] == 4
    assert about["versions"]["numpy"] == np.__version__


def test_saving_again_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path)
    model.fit(X, T, epochs=1, verbose=False)
    model.save(tmp_path)
    assert len(gc.load_model(tmp_path).history) == 4


def test_a_model_that_is_not_compiled_is_saved_too(tmp_path: Path) -> None:
    model = gc.Sequential([gc.Dense(1)], input=(2,))
    model.save(tmp_path)
    loaded = gc.load_model(tmp_path)
    assert np.array_equal(loaded.predict(X), model.predict(X))
    loaded.compile(loss="mse")
    assert loaded.fit(X, T, epochs=1, verbose=False)["loss"]


def test_names_of_classes_are_kept(tmp_path: Path) -> None:
    names = np.where(T[:, 0] > 0, "yes", "no")
    model = gc.Sequential([gc.Dense(2, "softmax")], input=(2,))
    model.compile(loss="categorical_cross_entropy")
    model.fit(X, names, epochs=1, verbose=False)
    model.save(tmp_path)
    only = names == "yes"
    assert gc.load_model(tmp_path).evaluate(X[only], names[only]) == model.evaluate(X[only], names[only])


@pytest.mark.parametrize("file", ["weights.safetensors", "model.net", "run.json", "history.json"])
def test_a_damaged_file_is_named_and_not_loaded(file: str, tmp_path: Path) -> None:
    trained().save(tmp_path)
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(gc.GraphcError, match=file):
        gc.load_model(tmp_path)


def test_a_run_from_the_command_line_is_a_model_that_goes_on(tmp_path: Path) -> None:
    plan = Plan("softmax-classifier", "iris", epochs=10, standardise=True, metrics="accuracy")
    train(text_of("softmax-classifier"), "softmax-classifier", plan, tmp_path / "run", every=1000)
    model = gc.load_model(tmp_path / "run")
    run = Run.open(tmp_path / "run")
    held_out = run.feed("iris").held_out
    assert held_out is not None
    assert model.evaluate("iris") == Evaluation(run.network, run.answers, ["accuracy"])(run.params, held_out)
    rows = model.fit("iris", epochs=2, verbose=False)
    assert rows["loss"][0] < model.history["loss"][0]
    assert len(model.history) == 12


def test_a_saved_model_is_a_run_that_the_command_line_evaluates(tmp_path: Path) -> None:
    model = gc.Sequential([gc.Dense(4, "tanh"), gc.Dense(1, "sigma")], input=(2,))
    model.compile(gc.Adam(0.05), "binary_cross_entropy", ["accuracy"])
    model.fit("clusters", epochs=5, verbose=False)
    model.save(tmp_path)
    run = Run.open(tmp_path)
    held_out = run.feed("clusters").held_out
    assert held_out is not None
    evaluation = Evaluation(run.network, run.answers, run.plan.metric_names())
    assert evaluation(run.params, held_out) == model.evaluate("clusters")


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(gc.GraphcError, match="holds no run"):
        gc.load_model(tmp_path)
