"""Mini-batches, parts and standards: every row once, nothing copied that need not be, memory flat."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from graphc.graph.network import load
from graphc.language.errors import GraphcError
from graphc.learn.data.catalogue import make
from graphc.learn.data.column import Column
from graphc.learn.data.dataset import Dataset
from graphc.learn.data.feed import Feed
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.read import read
from graphc.learn.data.splitting import split, split_rows
from graphc.learn.data.standardise import Standard

ROOT = Path(__file__).parents[2]


def numbered(rows: int, dtype=np.float32):
    """Rows that can be told from each other: row r is (2r, 2r + 1), of class r mod 2."""
    x = np.arange(2 * rows, dtype=dtype).reshape(rows, 2)
    return fit_to(load("logistic"), Dataset.of(x, np.arange(rows) % 2), dtype)


def rows_of(batches):
    return np.concatenate([batch["x"][:, 0] // 2 for batch in batches]).astype(int)


def copies(feed, size, **order):
    return [{name: array.copy() for name, array in batch.items()} for batch in feed.batches(size, **order)]


@pytest.mark.parametrize("order", [{}, {"seed": 3}], ids=["in order", "shuffled"])
@pytest.mark.parametrize("size", [1, 7, 32, 100, 1000])
def test_an_epoch_has_each_row_once_with_its_target_and_a_smaller_last_batch(size, order):
    batches = copies(numbered(100), size, **order)
    found = rows_of(batches)
    assert sorted(found) == list(range(100))
    assert [len(batch["t"]) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    assert len(batches[-1]["t"]) == (100 % size or min(size, 100))
    for batch in batches:
        np.testing.assert_array_equal(batch["t"], rows_of([batch]) % 2)


def test_a_seed_and_an_epoch_give_the_order():
    feed = numbered(200)
    first = rows_of(copies(feed, 32, seed=1))
    np.testing.assert_array_equal(first, rows_of(copies(feed, 32, seed=1)))
    np.testing.assert_array_equal(first, rows_of(copies(feed, 50, seed=1)))
    assert (first != rows_of(copies(feed, 32, seed=1, epoch=1))).any()
    assert (first != rows_of(copies(feed, 32, seed=2))).any()


def test_batches_in_order_are_views_of_the_data():
    x = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    t = (x[:, 0] > 0).astype(np.float32)
    feed = fit_to(load("logistic"), Dataset.of(x, t))
    for batch in feed.batches(32):
        assert np.shares_memory(batch["x"], x)
        assert np.shares_memory(batch["t"], t)


def test_shuffled_batches_share_one_buffer():
    x = np.zeros((40_000, 16), np.float32)
    feed = fit_to(load("logistic"), Dataset.of(x, np.arange(40_000) % 2))
    addresses = {batch["x"].__array_interface__["data"][0] for batch in feed.batches(100, seed=0)}
    assert len(addresses) * 100 * 16 * 4 < x.nbytes / 2


def test_batches_are_of_the_type_that_is_asked_for():
    assert {a.dtype for a in next(numbered(9, np.float64).batches(4, seed=1)).values()} == {np.dtype(np.float64)}


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_batch_is_refused(size):
    with pytest.raises(GraphcError, match="at least one example"):
        next(numbered(4).batches(size))


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_constant_labels_and_one_class_are_data_too(rows):
    feed = fit_to(load("logistic"), Dataset.of(np.ones((rows, 4)), np.zeros(rows)))
    assert [len(batch["t"]) for batch in feed.batches(32, seed=0)] == [rows]
    one_class = fit_to(load("softmax-classifier"), Dataset.of(np.ones((rows, 4)), ["only"] * rows))
    assert one_class.arrays()["t"].tolist() == [[1.0]] * rows


@pytest.mark.parametrize("stratified", [False, True])
def test_a_split_gives_each_row_to_one_part_by_its_seed(stratified):
    feed = numbered(101)
    learnt, held_out = feed.split(0.2, seed=4, stratified=stratified)
    assert (len(learnt), len(held_out)) == (81, 20)
    assert sorted([*rows_of([learnt.arrays()]), *rows_of([held_out.arrays()])]) == list(range(101))
    again = feed.split(0.2, seed=4, stratified=stratified)[1].arrays()
    np.testing.assert_array_equal(again["x"], held_out.arrays()["x"])
    assert (feed.split(0.2, seed=5, stratified=stratified)[1].arrays()["x"] != again["x"]).any()


def test_a_part_is_shuffled_within_itself_and_can_be_split_again():
    learnt, held_out = numbered(100).split(0.3, seed=1)
    assert sorted(rows_of(copies(learnt, 16, seed=2))) == sorted(rows_of([learnt.arrays()]))
    inner = learnt.split(0.5, seed=2)[1]
    assert set(rows_of([inner.arrays()])) < set(rows_of([learnt.arrays()]))
    assert len(learnt.take(slice(0, 10))) == 10
    assert len(held_out) == 30


def test_a_stratified_split_keeps_the_classes_in_proportion():
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    feed = fit_to(load("softmax-classifier"), Dataset.of(np.random.default_rng(0).normal(size=(100, 3)), labels))
    held_out = feed.split(0.2, seed=0, stratified=True)[1]
    assert held_out.arrays()["t"].sum(axis=0).tolist() == [12, 6, 2]
    data = make("clusters", classes=4, rows=80)
    parts = split(data, 0.25, seed=3, stratified=True)
    assert [np.bincount(part.targets["t"].values).tolist() for part in parts] == [[15] * 4, [5] * 4]


def test_what_cannot_be_split_is_said():
    for call, said in (
        (lambda: numbered(1).split(0.5), "one example"),
        (lambda: numbered(9).split(1.0), "between 0 and 1"),
        (lambda: fit_to(load("linear"), make("line")).split(0.5, stratified=True), "no classes"),
        (lambda: split(make("line"), stratified=True), "no classes"),
    ):
        with pytest.raises(GraphcError, match=said):
            call()


def test_standardised_columns_have_mean_0_and_deviation_1_over_the_rows_learnt_from():
    x = np.random.default_rng(0).normal([5, -300, 7], [2, 40, 0], (500, 3))
    feed = fit_to(load("logistic"), Dataset.of(x, np.arange(500) % 2), np.float64)
    learnt, held_out = feed.split(0.2, seed=0)
    standard = Standard.of(learnt)
    seen = standard.apply(learnt).arrays()
    np.testing.assert_allclose(seen["x"].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(seen["x"].std(axis=0), [1, 1, 0], atol=1e-12)
    np.testing.assert_array_equal(seen["t"], learnt.arrays()["t"])
    expected = (held_out.arrays()["x"] - standard.means["x"]) / standard.deviations["x"]
    np.testing.assert_allclose(standard.apply(held_out).arrays()["x"], expected, atol=1e-12)
    assert standard.deviations["x"][2] == 1
    assert abs(expected[:, 0].mean()) > 1e-6


def test_a_constant_column_becomes_0_in_single_precision_too():
    feed = fit_to(load("logistic"), Dataset.of(np.full((1000, 1), 0.1, np.float32), np.arange(1000) % 2))
    np.testing.assert_allclose(Standard.of(feed).apply(feed).arrays()["x"], 0, atol=1e-6)


def test_the_mean_is_exact_enough_far_from_0():
    x = 1e6 + np.random.default_rng(1).normal(size=(5000, 1))
    feed = fit_to(load("logistic"), Dataset.of(x, np.arange(5000) % 2), np.float64)
    standard = Standard.of(feed)
    np.testing.assert_allclose(standard.means["x"], x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(standard.deviations["x"], x.std(axis=0), rtol=1e-6)


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """A million rows in files, 64 MB of them; the first number of a row is its own."""
    folder = tmp_path_factory.mktemp("mapped")
    x = np.lib.format.open_memmap(folder / "x.npy", "w+", np.float32, (1_000_000, 16))
    x[:, 0] = np.arange(1_000_000)
    x.flush()
    np.save(folder / "t.npy", (np.arange(1_000_000) % 3 == 0).astype(np.uint8))
    return folder


def test_a_shuffled_epoch_out_of_a_file_has_each_row_once_and_mixes_the_file(mapped):
    feed = fit_to(load("logistic"), read(mapped))
    seen = np.zeros(1_000_000, bool)
    for batch in feed.batches(5000, seed=1):
        rows = batch["x"][:, 0].astype(int)
        assert not seen[rows].any()
        seen[rows] = True
        np.testing.assert_array_equal(batch["t"], rows % 3 == 0)
        assert len(np.unique(rows // 100_000)) >= 8
        assert np.abs(np.diff(rows)).mean() > 100_000
    assert seen.all()


MEMORY = """
import sys
from graphc.graph.network import load
from graphc.learn.data.feed import Feed
from graphc.learn.data.fit_to import fit_to
from graphc.learn.data.read import read

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

network = load("logistic")
for batch in fit_to(network, read("clusters")).batches(32, seed=0):
    pass
before, total = peak(), 0.0
feed = fit_to(network, read(sys.argv[1]))
learnt, held_out = feed.split(0.1, seed=0)
for part, order in ((feed, {}), (feed, {"seed": 1}), (held_out, {})):
    for batch in part.batches(128, **order):
        total += float(batch["x"][0, 0] + batch["t"][0])
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_memory_stays_flat_over_a_million_rows_of_a_mapped_file(mapped):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, mapped], check=True, capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert float(done.stdout) < 48


@pytest.mark.parametrize("rows", [1, 33, 5000, 60_000])
def test_epochs_out_of_the_same_memory_are_those_that_each_would_be_alone(rows):
    feed = numbered(rows)
    batches = feed.in_batches(32)
    for epoch in (*range(10), 3, 20):
        found = np.concatenate([batch["x"].copy() for batch in batches(5, epoch)])
        np.testing.assert_array_equal(found, np.concatenate(copies_of(feed, 32, seed=5, epoch=epoch)))
    in_order = np.concatenate([batch["x"].copy() for batch in batches()])
    np.testing.assert_array_equal(in_order, feed.arrays()["x"])
    assert len({batch["x"].ctypes.data for epoch in range(3) for batch in batches(5, epoch)}) <= -(-rows // 32)


def copies_of(feed, size, **order):
    return [batch["x"] for batch in copies(feed, size, **order)]


def test_rows_of_some_columns_are_gathered_without_a_copy_of_all_others() -> None:
    table = np.arange(40_000 * 21, dtype=np.float32).reshape(-1, 21)
    feed = Feed({"x": Column(table[:, :20], (20,), np.dtype(np.float32))})
    batches = feed.in_batches(64)
    next(batches(0, 0))
    tracemalloc.start()
    try:
        batch = next(batches(0, 1))
        assert tracemalloc.get_traced_memory()[1] < table.nbytes / 2
    finally:
        tracemalloc.stop()
    assert np.array_equal(batch["x"][:, 0] + 19, batch["x"][:, 19])


def test_parts_are_numbered_in_as_little_memory_as_rows_take() -> None:
    labels = np.arange(1000) % 7 // 3
    learnt, held_out = split_rows(1000, 0.3, 1, labels)
    assert learnt.itemsize == held_out.itemsize == 4
    assert sorted([*learnt, *held_out]) == list(range(1000))
    share = np.bincount(labels[held_out]) / np.bincount(labels)
    assert abs(share - 0.3).max() < 0.01


@pytest.mark.parametrize(
    "given",
    [
        [np.ma.array([1.0, 2.0]), np.ma.array([3.0, 4.0], mask=[False, True])],
        [[1.0, 2.0], [3.0, np.ma.masked]],
        (np.array([1.0, 2.0]), np.ma.array([3.0, 4.0], mask=[False, True])),
    ],
    ids=["arrays", "a-number", "one-of-them"],
)
def test_what_is_masked_in_a_list_is_refused_with_its_row(given) -> None:
    with pytest.raises(GraphcError, match=r"is masked in row 2, column 2"):
        Dataset.of(given, [0, 1])
