"""Metrics against their definitions, over whatever batches the examples come in."""

from __future__ import annotations

import numpy as np
import pytest

from graphc.graph.network import Network, load, read_network
from graphc.language.errors import GraphcError
from graphc.language.parse import parse_net
from graphc.language.source import Source
from graphc.learn.answers import answers, never_negative
from graphc.learn.data.catalogue import make
from graphc.learn.data.column import Column
from graphc.learn.data.feed import Feed
from graphc.learn.data.fit_to import fit_to
from graphc.learn.evaluation import Evaluation
from graphc.learn.metrics import CLASSES, NUMBERS, YES_NO, Answer, Confusion, metric

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.4, 0.35, 0.25]])
LABELS = np.array([1, 0, 1, 2])
ONE_HOT = np.eye(3)[LABELS]


def net(text: str) -> Network:
    return read_network(parse_net(Source("test.net", text)), "test")


def value(name: str, answer: Answer, prediction, target) -> float:
    """The metric of all rows, given in two batches of different length."""
    whole = metric(name, answer)
    for part in (slice(0, 1), slice(1, None)):
        whole.add(np.asarray(prediction)[part], np.asarray(target)[part])
    return whole.value()


@pytest.mark.parametrize("target", [LABELS, ONE_HOT])
def test_accuracy_is_the_same_for_integer_and_one_hot_targets(target):
    assert value("accuracy", Answer("p", "t", CLASSES), SCORES, target) == 2 / 4


@pytest.mark.parametrize(("k", "share"), [(1, 2 / 4), (2, 3 / 4), (3, 1.0)])
@pytest.mark.parametrize("target", [LABELS, ONE_HOT])
def test_top_k_counts_classes_among_the_k_likeliest(k, share, target):
    assert value(f"top_{k}", Answer("p", "t", CLASSES), SCORES, target) == share


def test_the_name_of_an_output_may_begin_as_that_of_a_metric_does():
    network = net(
        "input x[n,2]\ninput t[n,3] : one_hot\nparam w[2,3]\noutput top = softmax(x @ w)\n"
        "loss L = mean(cross_entropy(top, t))\n"
    )
    one = Answer("top", "t", CLASSES)
    given = {"w": np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]])}
    x, t = np.eye(2), np.eye(3)[[1, 1]]
    rows = Feed({"x": Column(x, (2,), x.dtype), "t": Column(t, (3,), t.dtype)})
    for names in (["top_2", "accuracy"], ["top_top_2", "top_accuracy"]):
        found = Evaluation(network, [one], names)(given, rows)
        assert (found["top_2"], found["accuracy"]) == (1.0, 0.0)


def test_of_equal_scores_top_k_takes_the_first():
    assert value("top_1", Answer("p", "t", CLASSES), np.ones((4, 3)), LABELS) == 1 / 4


def test_probabilities_say_yes_above_a_half_and_logits_above_zero():
    target = [[1.0], [0.0], [1.0], [0.0]]
    assert value("accuracy", Answer("y", "t", YES_NO), [[0.9], [0.4], [0.4], [0.6]], target) == 2 / 4
    assert value("accuracy", Answer("z", "t", YES_NO, threshold=0.0), [[0.9], [-2], [0.4], [0.6]], target) == 3 / 4


def test_dice_is_of_all_images_at_once():
    prediction, target = np.zeros((2, 1, 2, 2)), np.zeros((2, 1, 2, 2))
    prediction[0, 0, 0], target[0, 0, :, 0] = 1, 1
    prediction[1, 0, 1, 1] = target[1, 0, 1, 1] = 1
    assert value("dice", Answer("y", "t", YES_NO, masks=True), prediction, target) == 2 * 2 / (3 + 3)


def test_errors_of_numbers_are_means_of_squares_and_of_distances():
    prediction, target = np.array([1.0, 2.0, 4.0]), np.array([1.0, 4.0, 1.0])
    assert value("mse", Answer("y", "t", NUMBERS), prediction, target) == pytest.approx(13 / 3)
    assert value("mae", Answer("y", "t", NUMBERS), prediction, target) == pytest.approx(5 / 3)


def test_a_confusion_matrix_has_a_row_for_each_right_class():
    table = Confusion(Answer("p", "t", CLASSES, classes=("a", "b", "c")))
    table.add(SCORES[:1], ONE_HOT[:1])
    table.add(SCORES[1:], ONE_HOT[1:])
    assert table.counts.tolist() == [[1, 0, 0], [0, 1, 1], [1, 0, 0]]
    assert table.classes == ("a", "b", "c")


@pytest.mark.parametrize(("name", "said"), [("acuracy", "did you mean `accuracy`?"), ("dice", "here are accuracy")])
def test_a_metric_that_cannot_be_says_which_can(name, said):
    with pytest.raises(GraphcError) as caught:
        metric(name, Answer("p", "t", CLASSES))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("formula", "probability"),
    [("sigma(x @ W)", True), ("softmax(x @ W)", True), ("x @ W", False), ("tanh(x @ W)", False),
     ("exp(x @ W)/(1 + exp(x @ W))", True), ("(x @ W)**2", True), ("max(x @ W, 0)", True), ("abs(x @ W) - 1", False)],
)  # fmt: skip
def test_the_formulas_tell_probabilities_from_logits(formula, probability):
    assert never_negative(net(f"input x[n, 2]\nparam W[2, 1]\noutput y = {formula}")["y"]) is probability


def test_each_target_is_compared_with_the_output_that_its_loss_reads():
    model = load("biomarker")
    found = {answer.target: (answer.output, answer.kind) for answer in answers(model, fit_to(model, make("biomarker")))}
    assert found == {"healthy": ("p", YES_NO), "severity": ("s", NUMBERS)}


@pytest.mark.parametrize("batch", [1, 7, 1024])
def test_the_loss_of_a_set_is_that_of_all_its_rows_whatever_the_batches(batch, monkeypatch):
    monkeypatch.setattr("graphc.learn.evaluation.AT_ONCE", batch)
    model = load("logistic")
    feed = fit_to(model, make("clusters", rows=50), np.float64)
    params = {"w": np.array([0.3, -0.2]), "b": np.array(0.1)}
    x, t = feed.arrays()["x"], feed.arrays()["t"]
    y = 1 / (1 + np.exp(-(x @ params["w"] + 0.1)))
    found = Evaluation(model, answers(model, feed))(params, feed)
    assert found["loss"] == pytest.approx(-np.mean(t * np.log(y) + (1 - t) * np.log(1 - y)))
    assert found["accuracy"] == np.mean((y > 0.5) == t)


@pytest.mark.parametrize(("name", "kind"), [("accuracy", YES_NO), ("dice", YES_NO), ("mse", NUMBERS), ("mae", NUMBERS)])
def test_a_value_is_a_number_of_pythons_own(name, kind):
    assert type(value(name, Answer("y", "t", kind), [[0.2], [0.9], [0.8]], [[0.0], [1.0], [0.0]])) is float
