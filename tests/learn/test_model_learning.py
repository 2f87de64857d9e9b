"""compile, fit, evaluate and predict, as people who know Keras expect them; and models that show themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphc as gc
from graphc.learn.callbacks import EarlyStopping
from graphc.learn.data.read import read
from graphc.learn.model_last_layer import LastLayerWarning

RANDOM = np.random.default_rng(11)
X = RANDOM.uniform(-1, 1, (200, 2))
T = (X[:, :1] > X[:, 1:] ** 2).astype(float)


def model(activation: str | None = "sigma", width: int = 1, seed: int = 0, **options: Any) -> gc.Sequential:
    made = gc.Sequential([gc.Dense(6, "tanh"), gc.Dense(width, activation)], input=(2,))
    arguments: dict[str, Any] = {"optimizer": gc.Adam(0.05), "loss": "binary_cross_entropy", "metrics": ["accuracy"]}
    made.compile(**{**arguments, **options}, seed=seed)
    return made


def test_the_lines_of_the_contract_train_a_net() -> None:
    net = gc.Sequential([gc.Dense(4, "relu"), gc.Dense(1, "sigma")], input=(2,))
    net.compile(optimizer=gc.Adam(1e-2), loss="binary_cross_entropy", metrics=["accuracy"])
    history = net.fit(X, T, epochs=50, batch_size=32, validation_split=0.2, verbose=False)
    assert set(history.history) >= {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert len(history["loss"]) == 50
    assert history["loss"][-1] < history["loss"][0] / 2
    assert net.evaluate(X, T)["accuracy"] > 0.9
    assert net.predict(X).shape == (200, 1)


def test_fitting_again_goes_on() -> None:
    once, twice = model(), model()
    once.fit(X, T, epochs=5, verbose=False)
    twice.fit(X, T, epochs=2, verbose=False)
    rest = twice.fit(X, T, epochs=3, verbose=False)
    assert [row["epoch"] for row in rest.rows] == [3, 4, 5]
    assert twice.history.rows == once.history.rows
    assert all(np.array_equal(once.values[name], twice.values[name]) for name in once.values)


def test_the_seed_decides_the_bits() -> None:
    losses = [model(seed=seed).fit(X, T, epochs=2, verbose=False)["loss"] for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_parameters_stay_when_a_model_is_compiled_again() -> None:
    net = model()
    net.fit(X, T, epochs=2, verbose=False)
    before = net.predict(X)
    net.compile("sgd", loss="mse")
    assert np.array_equal(net.predict(X), before)
    assert "squared_error" in net.to_net()
    assert net.to_net().count("loss ") == 1


def test_a_model_predicts_before_it_is_compiled() -> None:
    net = gc.Sequential([gc.Dense(3, "softmax")], input=(2,))
    assert np.allclose(net.predict(X).sum(axis=1), 1, atol=1e-6)


def test_starts_are_what_the_layers_say() -> None:
    net = gc.Sequential([gc.Dense(50, "prelu", start="he"), gc.LayerNorm(), gc.Dense(1, start="zeros")], input=(40,))
    assert net.values["alpha1"] == np.float32(0.25)
    assert not net.values["W3"].any()
    assert np.isclose(net.values["W1"].std(), np.sqrt(2 / 40), rtol=0.1)
    assert (net.values["gain2"] == 1).all()
    assert not net.values["bias2"].any()


def test_a_layer_that_is_not_trainable_keeps_its_parameters_and_has_no_gradient() -> None:
    features = gc.Dense(6, "tanh", trainable=False)
    net = gc.Sequential([features, gc.Dense(1, "sigma")], input=(2,))
    before = net.values["W1"].copy()
    net.compile(gc.Adam(0.05), "binary_cross_entropy")
    net.fit(X, T, epochs=3, verbose=False)
    assert np.array_equal(net.values["W1"], before)
    step = net.learner.step
    assert step is not None
    assert set(step.gradient) == {"W2", "b2"}


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        ("categorical_cross_entropy", np.arange(30) % 3),
        ("categorical_cross_entropy", np.eye(3)[np.arange(30) % 3]),
        ("categorical_cross_entropy", np.array(["a", "b", "c"] * 10)),
        ("sparse_categorical_cross_entropy", np.arange(30) % 3),
    ],
)
def test_classes_come_as_numbers_names_or_one_hot(loss: str, targets: np.ndarray) -> None:
    x = np.eye(3)[np.arange(30) % 3][:, :2] + 0.01 * RANDOM.standard_normal((30, 2))
    net = model("softmax", 3, loss=loss)
    net.fit(x, targets, epochs=100, verbose=False)
    assert net.evaluate(x, targets)["accuracy"] == 1.0


def health() -> gc.Model:
    age, marker = gc.input("age", ("n", 1)), gc.input("marker", ("n", 2))
    h = gc.concat(gc.Dense(4, "tanh")(age), gc.Dense(4, "tanh")(marker), axis=1)
    made = gc.Model([age, marker], [gc.Dense(1, "sigma", name="ill")(h), gc.Dense(1, name="severity")(h)])
    made.compile(gc.Adam(0.02), ["binary_cross_entropy", "mse"], loss_weights={"severity": 2.0})
    return made


def test_several_inputs_and_outputs_come_in_lists_or_by_name() -> None:
    age, marker = RANDOM.standard_normal((60, 1)), RANDOM.standard_normal((60, 2))
    severity = age + marker[:, :1]
    ill = (severity > 0).astype(float)
    in_lists, by_name = health(), health()
    first = in_lists.fit([age, marker], [ill, severity], epochs=60, verbose=False)
    named: dict[str, Any] = {"marker": marker, "age": age}
    second = by_name.fit(named, {"t_severity": severity, "t_ill": ill}, epochs=60, verbose=False)
    assert first.rows == second.rows
    assert first["loss"][-1] < 0.3 * first["loss"][0]
    found = in_lists.evaluate([age, marker], [ill, severity])
    assert found["ill_accuracy"] > 0.9
    answer = in_lists.predict([age, marker])
    assert [array.shape for array in answer] == [(60, 1), (60, 1)]


@pytest.mark.parametrize(
    ("metrics", "names"),
    [
        ({"ill": "accuracy", "severity": ["mae", "mse"]}, ["ill_accuracy", "severity_mae", "severity_mse"]),
        (["ill_accuracy", "severity_mae"], ["ill_accuracy", "severity_mae"]),
        (["accuracy", "mae"], ["ill_accuracy", "ill_mae", "severity_mae"]),
        ("accuracy", ["accuracy"]),
    ],
    ids=["by output", "by their names", "of all", "one"],
)
def test_metrics_are_of_all_outputs_or_of_one(metrics: Any, names: list[str]) -> None:
    age, marker = RANDOM.standard_normal((20, 1)), RANDOM.standard_normal((20, 2))
    model = health()
    model.compile(gc.Adam(0.02), ["binary_cross_entropy", "mse"], metrics)
    model.fit([age, marker], [age > 0, age], epochs=1, verbose=False)
    assert list(model.evaluate([age, marker], [age > 0, age])) == ["loss", *names]


def test_a_distance_from_classes_given_by_number_is_that_from_one_hot_rows() -> None:
    x = RANDOM.standard_normal((30, 2))
    numbers = np.arange(30) % 3
    model = gc.Sequential([gc.Dense(3, "softmax")], input=(2,))
    model.compile(loss="sparse_categorical_cross_entropy", metrics=["mae"])
    model.fit(x, numbers, epochs=1, verbose=False)
    wanted = np.abs(model.predict(x) - np.eye(3)[numbers]).mean()
    assert model.evaluate(x, numbers)["mae"] == pytest.approx(wanted, rel=1e-5)


def test_a_confusion_has_a_row_for_each_right_class_and_a_column_for_each_predicted_one() -> None:
    numbers = np.arange(30) % 3
    model = gc.Sequential([gc.Dense(3, "softmax")], input=(2,))
    model.compile(loss="sparse_categorical_cross_entropy")
    x = RANDOM.standard_normal((30, 2))
    predicted = model.predict(x).argmax(axis=1)
    wanted = [[int(((numbers == right) & (predicted == said)).sum()) for said in range(3)] for right in range(3)]
    assert model.confusion(x, numbers).tolist() == wanted
    both = health()
    age, marker = RANDOM.standard_normal((20, 1)), RANDOM.standard_normal((20, 2))
    assert both.confusion([age, marker], [age > 0, age]).sum() == 20


def test_skips_and_branches_learn() -> None:
    x = gc.input("x", ("n", 2))
    h = gc.Dense(4, "tanh")(x)
    for _ in range(2):
        h = h + gc.Dense(4, "tanh")(h)
    net = gc.Model(x, gc.Dense(1, "sigma")(h))
    net.compile(gc.Adam(0.02), "binary_cross_entropy")
    history = net.fit(X, T, epochs=30, verbose=False)
    assert history["loss"][-1] < history["loss"][0] / 2


def test_a_net_that_learns_its_inputs_needs_no_targets() -> None:
    x = gc.input("x", ("n", 2))
    copy = gc.Dense(2, name="copy")(gc.Dense(1, name="code")(x))
    net = gc.Model(x, copy)
    net.compile(gc.Adam(0.02), "mean((copy - x)**2)")
    assert [leaf.name for leaf in net.inputs] == ["x"]
    history = net.fit(X, epochs=10, verbose=False)
    assert history["loss"][-1] < history["loss"][0]
    with pytest.raises(gc.GraphcError, match="the loss reads none"):
        net.fit(X, X, verbose=False)


def test_an_output_without_an_axis_for_examples_is_of_all_of_them() -> None:
    x = gc.input("x", ("n", 2))
    y = gc.Dense(1)(x)
    net = gc.Model(x, [y, gc.mean(y)])
    rows = RANDOM.standard_normal((3000, 2))
    each, mean = net.predict(rows)
    assert each.shape == (3000, 1)
    assert np.isclose(mean, each.mean(), atol=1e-6)


def test_a_small_convolutional_net_tells_edges_apart() -> None:
    images = np.zeros((40, 1, 6, 6))
    images[:20, 0, :, 3] = images[20:, 0, 3, :] = 1
    images += 0.1 * RANDOM.standard_normal(images.shape)
    labels = np.repeat([0, 1], 20)
    layers = [gc.Conv2D(4, 3, "relu"), gc.BatchNorm(), gc.MaxPool(2), gc.Flatten(), gc.Dropout(0.2)]
    net = gc.Sequential([*layers, gc.Dense(2, "softmax")], input=(1, 6, 6))
    net.compile(gc.Adam(0.02), "categorical_cross_entropy")
    net.fit(images, labels, epochs=15, batch_size=8, verbose=False)
    assert net.evaluate(images, labels)["accuracy"] == 1.0


def normalised() -> gc.Model:
    layers = [gc.Dense(6, "tanh"), gc.BatchNorm(), gc.Dense(4, "tanh"), gc.BatchNorm(), gc.Dense(1, "sigma")]
    net = gc.Sequential(layers, input=(2,))
    net.compile(gc.Adam(0.05), "binary_cross_entropy", ["accuracy"])
    return net


def test_a_normalised_net_says_the_same_of_an_example_alone_and_among_others() -> None:
    net = normalised()
    net.fit(X, T, epochs=20, verbose=False)
    together = net.predict(X)
    assert np.allclose(net.predict(X[:1]), together[:1], atol=1e-6)
    assert net.evaluate(X[:10], T[:10])["accuracy"] == ((together[:10] > 0.5) == T[:10]).mean()
    assert net.evaluate(X, T)["accuracy"] > 0.9


def test_the_statistics_are_those_of_what_was_learnt_from(tmp_path: Path) -> None:
    net = normalised()
    net.fit(X, T, epochs=3, verbose=False)
    hidden = np.tanh(X @ net.values["W1"] + net.values["b1"])
    found = net.learner.statistics
    assert len(found) == 4
    assert any(np.allclose(value, hidden.mean(axis=0), atol=1e-5) for value in found.values())
    assert any(np.allclose(value, hidden.var(axis=0), atol=1e-4) for value in found.values())
    net.save(tmp_path)
    assert np.array_equal(gc.load_model(tmp_path).predict(X[:1]), net.predict(X[:1]))


def test_a_net_without_statistics_of_the_batch_has_none() -> None:
    net = model()
    net.fit(X, T, epochs=1, verbose=False)
    assert net.learner.statistics == {}


def test_words_are_learned_by_an_embedding() -> None:
    words = RANDOM.integers(0, 10, (80, 4))
    t = (words == 3).any(axis=1).astype(float)[:, None]
    net = gc.Sequential([gc.Embedding(10, 4), gc.Flatten(), gc.Dense(8, "relu"), gc.Dense(1, "sigma")], input=(4,))
    net.compile(gc.Adam(0.03), "binary_cross_entropy")
    net.fit(words, t, epochs=60, verbose=False)
    assert net.evaluate(words, t)["accuracy"] > 0.95


def test_rare_classes_may_count_for_more() -> None:
    rare = (X[:, :1] > 0.9).astype(float)
    plain, weighted = model(), model()
    plain.fit(X, rare, epochs=5, verbose=False)
    weighted.fit(X, rare, epochs=5, verbose=False, class_weight={0: 1, 1: 20})
    assert weighted.predict(X).mean() > 2 * plain.predict(X).mean()


def test_callbacks_look_on() -> None:
    net = model()
    history = net.fit(
        X, T, epochs=500, validation_split=0.5, callbacks=[EarlyStopping("val_loss", patience=3)], verbose=False
    )
    assert len(history) < 500


@pytest.mark.parametrize(
    ("x", "t"),
    [
        (X[:1], T[:1]),
        (X[:7], T[:7]),
        (X[:50], np.ones((50, 1))),
        (X[:50], np.zeros((50, 1))),
    ],
    ids=["one example", "fewer than a batch", "one class", "the other class"],
)
def test_small_and_one_sided_data_are_learned(x: np.ndarray, t: np.ndarray) -> None:
    history = model().fit(x, t, epochs=20, verbose=False)
    assert history["loss"][-1] < history["loss"][0]


def test_validation_data_may_be_given() -> None:
    history = model().fit(X[:100], T[:100], epochs=2, validation_data=(X[100:], T[100:]), verbose=False)
    assert len(history["val_loss"]) == 2


def test_data_sets_go_by_their_names() -> None:
    net = model()
    net.fit("clusters", epochs=30, verbose=False)
    assert net.evaluate("clusters")["accuracy"] > 0.98


def test_what_a_set_holds_out_is_evaluated_and_predicted_by_its_name() -> None:
    net = model()
    net.fit("clusters:rows=40", epochs=1, verbose=False)
    clusters = read("clusters:rows=40")
    assert clusters.held_out is not None
    assert net.predict("clusters:rows=40").shape == (clusters.held_out.rows, 1)
    assert net.confusion("clusters:rows=40").sum() == clusters.held_out.rows
    assert net.evaluate("clusters:rows=40") == net.evaluate(clusters.held_out) != net.evaluate(clusters)


def test_a_model_of_the_lectures_can_be_fitted() -> None:
    net = gc.Model.from_net("mlp-2-4-1")
    net.compile(gc.Adam(0.05))
    net.fit("parabola", epochs=60, verbose=False)
    assert net.evaluate("parabola")["accuracy"] > 0.9


def test_free_sizes_are_what_the_data_have() -> None:
    net = gc.Model.from_net("logistic")
    net.compile(gc.Adam(0.05))
    t = T[:, 0]
    net.fit(X, t, epochs=10, verbose=False)
    assert net.values["w"].shape == (2,)
    assert net.predict(X).shape == (200,)


def test_a_loss_that_does_not_fit_warns_when_compiling() -> None:
    with pytest.warns(LastLayerWarning, match="a softmax goes with categorical_cross_entropy"):
        net = model("softmax", 3)
    assert net.loss is not None  # told, and not refused


def test_progress_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    model().fit(X, T, epochs=2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "epoch 2/2" in shown.err


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda net: gc.Model.from_net(net).compile(), "has no loss"),
        (lambda net: net.fit(X, T[:10], verbose=False), "differ in their rows"),
        (lambda net: net.fit(np.where(X > 0.99, np.nan, X), T, verbose=False), "row"),
        (lambda net: net.fit(X, verbose=False), "no targets are given"),
        (lambda net: net.fit(X, T, epochs=1.5, verbose=False), "1.5 epochs"),
        (lambda net: gc.Model.from_net("linear").confusion(X[:, 0], T[:, 0]), "tells no classes apart"),
        (lambda net: net.fit(X[:, :1], T, verbose=False), "x[n, 2] takes 2 numbers"),
        (lambda net: net.fit("clusters", T, verbose=False), "a data set has its targets in it"),
        (lambda net: gc.Model.from_net("mlp").compile(loss="mse"), "mlp has a loss, `L`"),
        (lambda net: net.compile("adm", "mse"), "there is no optimiser `adm`"),
        (lambda net: net.compile(loss="mse", trainable=["W7"]), "no parameter `W7`"),
        (lambda net: net.compile(loss="mse", metrics=["accurcy"]) or net.evaluate(X, T), "there is no metric"),
    ],
)
def test_what_cannot_be_learned_is_refused_with_the_reason(act: Any, message: str) -> None:
    net = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    if message != "has no loss":
        net.compile(loss="binary_cross_entropy")
    with pytest.raises(gc.GraphcError) as error:
        act(net)
    assert message in str(error.value)


def test_fitting_what_is_not_compiled_says_how_to_compile() -> None:
    net = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    with pytest.raises(gc.GraphcError, match="is not compiled"):
        net.fit(X, verbose=False)


# -- how models show themselves


def test_the_summary_is_the_layer_table(capsys: pytest.CaptureFixture[str]) -> None:
    net = gc.Sequential([gc.Flatten(), gc.Dense(10, "softmax")], input=(28, 28))
    net.summary()
    shown = capsys.readouterr().out
    assert "softmax(f1 @ W1 + b1)" in shown
    assert "7,850" in shown


def test_a_compiled_model_derives_its_gradients() -> None:
    net = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    net.compile(loss="binary_cross_entropy")
    derivation = net.derive(wrt="W1")
    assert list(derivation.result) == ["dL/dW1"]
    assert all(step.check.ok for step in derivation.steps if step.check is not None)
    assert list(net.derive("y", "b1").result) == ["dy/db1"]


def test_a_model_draws_itself_in_a_notebook() -> None:
    net: Any = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    assert "<svg" in net._repr_svg_()


def test_a_model_is_a_network_wherever_one_is_taken() -> None:
    net = gc.Sequential([gc.Dense(1, "sigma")], input=(2,))
    net.compile(loss="binary_cross_entropy")
    assert list(gc.derive(net).result) == ["dL/dW1", "dL/db1"]
    (y,) = gc.compile(net.outputs)(x=X, **net.values)
    assert np.allclose(y, net.predict(X), atol=1e-6)
