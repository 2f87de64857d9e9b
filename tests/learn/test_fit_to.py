"""How data meet the inputs of a network: shapes, encodings, names; and what is said where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphc.graph.network import load, read_network
from graphc.language.errors import GraphcError
from graphc.language.expression import Source
from graphc.language.parse import parse_net
from graphc.learn.data.catalogue import make
from graphc.learn.data.dataset import Dataset, Target
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.table import Table


def network(text: str):
    return read_network(parse_net(Source("test.net", text)), "test")


def with_target(declared: str, loss: str = "mean(squared_error(y, t))", width: str = "1"):
    """A net of three columns whose target is declared so."""
    return network(f"input x[n, 3]\ninput t{declared}\nparam W[3, {width}]\noutput y = x @ W\nloss L = {loss}\n")


ONE_HOT = with_target("[n, 3] : one_hot", "mean(cross_entropy(y, t))", "3")
FREE = load("softmax-classifier")
X = np.arange(12.0).reshape(4, 3)
LABELS = np.array([2, 0, 1, 2])


def feed(net, x, t, **options):
    return fit_to(net, Dataset.of(x, t), **options)


@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        LABELS.astype(np.uint8),
        LABELS.astype(float),
        LABELS[:, None],
        np.eye(3)[LABELS],
        np.eye(3)[LABELS] == 1,
    ],
    ids=["integers", "bytes", "floats", "a column", "one-hot", "booleans"],
)
@pytest.mark.parametrize("net", [ONE_HOT, FREE], ids=["three classes", "any classes"])
def test_classes_become_one_hot_however_they_are_written(net, labels):
    assert feed(net, X, labels).arrays()["t"].tolist() == np.eye(3)[LABELS].tolist()


def test_texts_become_classes_in_their_order():
    found = feed(FREE, X, ["pear", "apple", "fig", "pear"])
    assert found.classes == {"t": ("apple", "fig", "pear")}
    assert found.arrays()["t"].argmax(axis=1).tolist() == [2, 0, 1, 2]
    assert found.sizes == {"d": 3, "k": 3}


@pytest.mark.parametrize("declared", ["[n]", "[n, 1]"])
@pytest.mark.parametrize("labels", [[0, 1, 1, 0], [False, True, True, False], ["no", "yes", "yes", "no"]])
def test_two_classes_become_0_and_1(declared, labels):
    net = with_target(f"{declared} : in {{0, 1}}", "mean(x) + mean(t)")
    found = feed(net, X, labels).arrays()["t"]
    assert found.shape == ((4,) if declared == "[n]" else (4, 1))
    assert found.ravel().tolist() == [0, 1, 1, 0]


def test_an_integer_target_gets_the_numbers_of_the_classes():
    net = with_target("[n] : integer", "mean(cross_entropy(y, t))", "3")
    found = feed(net, X, ["c", "a", "b", "c"]).arrays()["t"]
    assert (found.dtype, found.tolist()) == (np.dtype(np.int64), [2, 0, 1, 2])


def test_targets_of_several_places_become_one_hot_at_each():
    net = load("attention")
    tokens = np.arange(16).reshape(2, 8) % 10
    found = feed(net, tokens, tokens).arrays()
    assert found["tok"].dtype == np.int64
    assert found["t"].shape == (2, 8, 10)
    np.testing.assert_array_equal(found["t"].argmax(axis=-1), tokens)


def test_classes_are_one_hot_for_a_net_that_takes_plain_numbers_for_each():
    digits = Target(np.arange(5), tuple("0123456789"))
    found = fit_to(load("net1"), Dataset("images", {"x": np.zeros((5, 16, 16))}, {"t": digits}))
    np.testing.assert_array_equal(found.arrays()["t"], np.eye(10)[:5])


def test_images_are_flattened_and_flat_rows_become_images():
    images = np.arange(2 * 64.0).reshape(2, 1, 8, 8)
    flat = feed(load("autoencoder"), images, None)
    assert flat.arrays()["x"].shape == (2, 64)
    again = feed(load("cnn10"), images.reshape(2, 64), [0, 1])
    np.testing.assert_array_equal(again.arrays()["x"], images)


def test_made_images_and_masks_are_brought_to_the_size_of_the_input():
    net = network(
        "input x[n, 1, 16, 16]\ninput t[n, 1, 16, 16] : in {0, 1}\nparam w\noutput y = sigma(w*x)\n"
        "loss L = mean(binary_cross_entropy(y, t))\n"
    )
    found = fit_to(net, make("phantoms", rows=5)).arrays()
    assert found["x"].shape == found["t"].shape == (5, 1, 16, 16)
    assert set(np.unique(found["t"])) == {0.0, 1.0}


def test_bytes_of_images_are_brought_between_0_and_1():
    images = np.array([0, 51, 255], np.uint8).repeat(64).reshape(3, 1, 8, 8)
    found = fit_to(load("autoencoder"), Dataset("images", {"x": images}, picture=(8, 8)), np.float64)
    np.testing.assert_allclose(found.arrays()["x"][:, 0], [0, 0.2, 1])


def test_arrays_go_to_inputs_by_name_whatever_their_order():
    net = load("siamese")
    u, v, alike = np.zeros((3, 4)), np.ones((3, 4)), np.array([0, 1, 0])
    found = fit_to(net, Dataset.of({"v": v, "alike": alike, "u": u})).arrays()
    assert (found["u"].max(), found["v"].min(), found["alike"].tolist()) == (0, 1, [0, 1, 0])
    assert set(fit_to(load("biomarker"), make("biomarker")).targets) == {"healthy", "severity"}


def test_of_several_targets_the_one_of_its_kind_is_taken():
    cohort = make("biomarker", rows=10)
    healthy = fit_to(load("neuron"), cohort).arrays()["t"]
    np.testing.assert_array_equal(healthy[:, 0], cohort.targets["healthy"].values)
    regression = network("input x[n,2]\ninput t[n,1]\nparam W[2,1]\noutput y = x @ W\nloss L = mean((y - t)**2)")
    severity = fit_to(regression, cohort)
    np.testing.assert_allclose(severity.arrays()["t"], cohort.targets["severity"].values, rtol=1e-6)


def test_a_net_without_a_target_needs_none_and_prediction_needs_none():
    assert fit_to(load("autoencoder"), Dataset.of(np.zeros((2, 64)), [0, 1])).targets == ()
    assert set(feed(ONE_HOT, X, None, targets=False).columns) == {"x"}


def test_the_classes_of_a_run_keep_their_numbers():
    found = fit_to(FREE, Dataset.of(X[:2], ["fig", "fig"]), classes={"t": ("apple", "fig", "pear")})
    assert found.arrays()["t"].tolist() == [[0, 1, 0]] * 2
    with pytest.raises(GraphcError, match="`kiwi` that was not learnt"):
        fit_to(FREE, Dataset.of(X[:2], ["fig", "kiwi"]), classes={"t": ("apple", "fig")})


def test_targets_that_are_one_hot_already_may_be_held_out_too():
    def part(rows):
        return Dataset("some", {"x": X[:rows]}, {"t": Target(np.eye(3)[LABELS[:rows]])})

    found = fit_to(FREE, replace(part(4), held_out=part(2)))
    np.testing.assert_array_equal(found.held_out.arrays()["t"], np.eye(3)[LABELS[:2]])
    again = fit_to(FREE, part(2), sizes=found.sizes, classes=found.classes)
    np.testing.assert_array_equal(again.arrays()["t"], np.eye(3)[LABELS[:2]])


def test_sizes_that_a_run_has_are_kept():
    with pytest.raises(GraphcError, match=r"takes 5 numbers for each example, .* is 3 numbers"):
        feed(FREE, X, LABELS, sizes={"d": 5, "k": 3})


REFUSED = [
    ("[n, 1] : in {0, 1}", list("abca"), "has 3 classes (a, b, c), and t[n, 1] : in {0, 1} tells two apart"),
    ("[n, 1] : in {0, 1}", list("abca"), "declare `input t[n, 3] : one_hot`"),
    ("[n, 1] : in {0, 1}", [0, 1, 2, 0], "2 in row 3 is neither 0 nor 1"),
    ("[n, 1] : in {0, 1}", [-1, 1, 1, -1], "(t + 1)/2"),
    ("[n, 1]", list("abca"), "has 3 classes (a, b, c), and t[n, 1] takes one number"),
    ("[n, 3] : one_hot", list("abcd"), "has 4 classes (a, b, c, d), and t[n, 3] : one_hot tells 3 apart"),
    ("[n, 3] : one_hot", [0, 1, 2, 3], "3 in row 4 is out of range: 3 classes are 0 to 2"),
    ("[n, 3] : one_hot", [3, 1, 2, 3], "these count from 1: subtract 1"),
    ("[n, 3] : one_hot", [0, 1, -1, 2], "-1 in row 3 is out of range"),
    ("[n, 3] : one_hot", [0, 1, 0.5, 2], "0.5 in row 3 is no number of a class"),
    ("[n, 3] : one_hot", [[1, 0, 0], [0, 1, 1], [1, 0, 0], [1, 0, 0]], "[0 1 1] in row 2 is not one-hot"),
    ("[n, 3] : distribution", [[0.5, 0.5, 0], [0.5, 0.1, 0], [1, 0, 0], [1, 0, 0]], "row 2 is no distribution"),
    ("[n, 1] : in (0, 1)", [0.5, 0.5, 1.5, 0.5], "1.5 in row 3 is not between 0 and 1"),
    ("[n, 2]", np.zeros((4, 3)), "t[n, 2] takes 2 numbers for each example, and what the data has for it is 3 numbers"),
    ("[n, 1]", [0.5, np.nan, 1, 1], "`t` is NaN in row 2"),
    ("[n, 1]", [0.5, 1, np.inf, 1], "`t` is infinite in row 3"),
    ("[n, 1]", [0.5, 1, 1e300, 1], "1e+300 in row 3 is too large for float32"),
    ("[n, 1]", "abc", "not of numbers"),
    ("[n, 1]", [0, 1], "differ in their rows: x has 4, t has 2"),
    ("[n, 1]", [None, 1, 2, 3], "is of objects, not of numbers"),
]


@pytest.mark.parametrize(("declared", "target", "said"), REFUSED)
def test_what_does_not_fit_is_said_with_its_row(declared, target, said):
    width = "3" if "3" in declared else "1"
    with pytest.raises(GraphcError) as caught:
        feed(with_target(declared, "mean(x) + mean(t)", width), X, target)
    assert said in str(caught.value)


def test_a_label_beyond_the_classes_of_the_network_is_out_of_range():
    net = with_target("[n] : integer", "mean(cross_entropy(y, t))", "3")
    with pytest.raises(GraphcError, match="5 in row 2 is out of range: 3 classes are 0 to 2"):
        feed(net, X, [0, 5, 1, 2])


@pytest.mark.parametrize(
    ("net", "data", "said"),
    [
        (load("deep3"), Dataset.of(X, [0, 1, 0, 1]), "do not start with one and the same free size"),
        (load("chain"), Dataset.of(X), "has no output"),
        (load("conv-slide"), Dataset.of(X), "takes one at a time"),
        (load("vae"), Dataset.of(np.zeros((2, 64))), "nothing in the data goes to the input noise[n, 2]"),
        (load("siamese"), Dataset.of({"u": np.ones((2, 4))}, [0, 1]), "goes to the input v[n, 4]"),
        (load("linear"), make("clusters"), "x[n] takes one number for each example, and what clusters has for it is 2"),
        (load("vgg16"), make("shapes"), "an array of 3 × 224 × 224"),
        (load("linear"), Dataset.of(np.ones(4)), "goes to the input y[n]"),
    ],
)
def test_a_network_that_the_data_do_not_suit_is_said(net, data, said):
    with pytest.raises(GraphcError) as caught:
        fit_to(net, data)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ([[1, 2], [3]], "rows differ in length"),
        ([["a", "b"]], "not of numbers"),
        (3.0, "one number"),
        (np.ones((0, 2)), "no rows"),
    ],
)
def test_what_is_no_array_of_rows_is_refused(x, said):
    with pytest.raises(GraphcError, match=said):
        Dataset.of(x)


def table(columns, *rows, classes=None, target=None):
    return Table("some.csv", np.array(rows, float), tuple(columns), classes or {}, target=target)


def test_columns_go_by_their_names_and_else_from_the_left_the_target_last():
    net = load("branches")
    names = ["c", "s", "v1", "v2", "v3", "u1", "u2", "u3", "u4"]
    row = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    found = fit_to(net, table(names, row, row)).arrays()
    assert (found["c"][0].tolist(), found["s"][0].tolist()) == ([1], [2])
    assert (found["u"][0].tolist(), found["v"][0].tolist()) == ([3, 4, 5, 6], [7, 8, 9])
    plain = fit_to(load("mlp"), table((), [5, 6, 1], [7, 8, 0])).arrays()
    assert (plain["x"].tolist(), plain["t"].tolist()) == ([[5, 6], [7, 8]], [[1], [0]])


@pytest.mark.parametrize(
    "given",
    [
        table(("label", "a", "b"), [1, 5, 6], [0, 7, 8]),
        table(("a", "b", "kind"), [5, 6, 1], [7, 8, 0]),
        table(("kind", "a", "b"), [1, 5, 6], [0, 7, 8], target="kind"),
        table(("kind", "a", "b"), [1, 5, 6], [0, 7, 8], classes={0: ("no", "yes")}),
    ],
    ids=["a usual name", "last", "asked for", "the only text"],
)
def test_the_target_of_a_table_is_found(given):
    found = fit_to(load("mlp"), given).arrays()
    assert (found["x"].tolist(), found["t"].tolist()) == ([[5, 6], [7, 8]], [[1], [0]])


def test_a_table_for_prediction_may_have_the_target_or_not():
    for given in (table((), [5, 6, 1], [7, 8, 0]), table((), [5, 6], [7, 8])):
        assert fit_to(load("mlp"), given, targets=False).arrays()["x"].tolist() == [[5, 6], [7, 8]]


def test_a_table_that_does_not_fit_is_said():
    with pytest.raises(GraphcError, match=r"it has 4 \(a, b, c, d\), and the inputs are x\[n, 2\] and t\[n, 1\]"):
        fit_to(load("mlp"), table("abcd", [1, 2, 3, 4]))
    with pytest.raises(GraphcError, match="did you mean `kind`"):
        fit_to(load("mlp"), table(("a", "b", "kind"), [1, 2, 3], target="kin"))


@pytest.mark.parametrize("of", ["x", "t", "words"])
def test_a_masked_number_is_refused_with_its_row_as_a_gap_is(of):
    given = {"x": np.ones((5, 2)), "t": np.arange(5), "words": np.array(list("ababa"))}
    at = (3, 1) if of == "x" else (3,)
    masked = np.ma.array(given[of], mask=False)
    masked[at] = np.ma.masked
    where = "column 2, " if of == "x" else ""
    x, t = (masked, given["t"]) if of == "x" else (given["x"], masked)
    with pytest.raises(GraphcError, match=f"is masked in row 4, {where}counted from 1"):
        Dataset.of(x, t)


def test_a_masked_array_without_a_gap_is_its_numbers():
    x = np.ma.array(np.arange(10.0).reshape(5, 2), mask=False)
    data = Dataset.of(x, np.ma.array(np.arange(5) % 2))
    assert type(data.inputs["x"]) is np.ndarray
    np.testing.assert_array_equal(data.inputs["x"], np.arange(10.0).reshape(5, 2))
    with pytest.raises(GraphcError, match="masked in row 1"):
        Dataset.of(np.ma.masked_all((2, 2)), [0, 1])
