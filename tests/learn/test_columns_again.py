"""Columns that were learnt from are found again by their names, in any order and beside any others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import graphc as gc
from graphc.learn.plan import Plan
from graphc.learn.run import Run
from graphc.learn.train import train

NET = "input x[n, 3]\ninput t[n] : in {0, 1}\nparam w[3]\noutput y[i] = sigma(sum[j](x[i,j]*w[j]))\n" + (
    "loss L = mean(binary_cross_entropy(y, t))\n"
)
ROWS = np.array([[1, 20, 300], [2, 10, 100], [3, 40, 50], [4, 30, 250]], "float32")
KINDS = ["no", "yes", "yes", "no"]
LETTERS = "abc"


def table(file: Path, order: str, kind: str | None = "kind", extra: bool = False, header: bool = True) -> Path:
    """A file with the columns in this order, `kind` first, and maybe a number that nobody has learnt from."""
    heads = [*([kind] if kind else []), *(["id"] if extra else []), *order]
    lines = [",".join(heads)] if header else []
    for number, (row, what) in enumerate(zip(ROWS, KINDS, strict=True)):
        cells = [*([what] if kind else []), *([str(7 + number)] if extra else [])]
        lines.append(",".join([*cells, *(f"{row[LETTERS.index(letter)]:g}" for letter in order)]))
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def run(tmp_path: Path) -> Run:
    plan = Plan("net", str(table(tmp_path / "learnt.csv", "abc")), epochs=2, validation=0.0)
    train(NET, "net", plan, tmp_path / "run")
    return Run.open(tmp_path / "run")


def taken(run: Run, file: Path, targets: bool = True) -> dict[str, np.ndarray]:
    return run.feed(str(file), targets).arrays()


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
@pytest.mark.parametrize("extra", [False, True], ids=["alone", "beside-others"])
def test_columns_go_by_their_names(order: str, extra: bool, run: Run, tmp_path: Path) -> None:
    found = taken(run, table(tmp_path / "other.csv", order, extra=extra))
    assert np.array_equal(found["x"], ROWS)
    assert found["t"].tolist() == [0, 1, 1, 0]
    unlabelled = taken(run, table(tmp_path / "more.csv", order, kind=None, extra=extra), targets=False)
    assert np.array_equal(unlabelled["x"], ROWS)


def test_a_column_that_is_missing_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b,cc\n1,2,3\n")
    with pytest.raises(gc.GraphcError, match="has no column `c`, which was learnt from"):
        taken(run, tmp_path / "other.csv", targets=False)
    unlabelled = table(tmp_path / "more.csv", "abc", kind=None, extra=True)
    with pytest.raises(gc.GraphcError, match="has no column `kind`, which was to be learnt"):
        taken(run, unlabelled)


def test_a_target_of_another_name_may_be_said(run: Run, tmp_path: Path) -> None:
    file = table(tmp_path / "other.csv", "bac", kind="sort", extra=True)
    assert taken(run, Path(f"{file}:target=sort"))["t"].tolist() == [0, 1, 1, 0]


def test_a_file_without_names_is_taken_in_order(run: Run, tmp_path: Path) -> None:
    file = table(tmp_path / "other.csv", "abc", kind=None, header=False)
    assert np.array_equal(taken(run, file, targets=False)["x"], ROWS)


def test_a_model_knows_the_names_too_also_once_it_was_saved(tmp_path: Path) -> None:
    model = gc.Sequential([gc.Dense(1, "sigma")], input=(3,))
    model.compile("adam", "binary_cross_entropy")
    model.fit(gc.load_data(table(tmp_path / "learnt.csv", "abc")), verbose=False)
    turned = gc.load_data(table(tmp_path / "turned.csv", "cab", kind=None, extra=True))
    assert np.array_equal(model.predict(turned), model.predict(ROWS))
    model.save(tmp_path / "model")
    assert np.array_equal(gc.load_model(tmp_path / "model").predict(turned), model.predict(ROWS))
