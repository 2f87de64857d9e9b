"""The way of a submission through the grader: from files to marks."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import Workers

from grader.exercise import read
from grader.grade import grade

ROOT = Path(__file__).parents[2]
LOGISTIC = ROOT / "exercises" / "02-logistic" / "gradients"
RIGHT = """
import numpy as np

def gradients(x, t, w, b):
    a = x @ w + b
    y = np.where(a > 0, 1 / (1 + np.exp(-np.abs(a))), np.exp(-np.abs(a)) / (1 + np.exp(-np.abs(a))))
    d = (y - t) / len(t)
    return x.T @ d, d.sum()

delta = "(y[i] - t[i])/n"
"""


@pytest.fixture(scope="module")
def logistic():
    return read(LOGISTIC)


def graded(exercise, folder: Path, code: str, **more: str):
    """The mark of one submission that is a Python file, with other files beside it."""
    (folder / "answer.py").write_text(code, encoding="utf-8")
    for name, text in more.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    (mark,) = grade(exercise, [folder], 7, Workers()).marks
    return mark


def test_a_right_submission_has_all_points_and_the_form_of_the_contract(logistic, tmp_path):
    mark = graded(logistic, tmp_path, RIGHT)
    assert mark.score == mark.max_score == 8
    data = mark.json()
    assert data["status"] == "graded"
    assert [check["status"] for check in data["checks"]] == ["passed", "passed"]
    assert [check["diagnosis"] for check in data["checks"]] == [None, None]
    assert data["sandbox"] == ["double"]


def test_a_fault_of_the_graders_own_ends_no_batch_and_costs_no_points(logistic, tmp_path, monkeypatch):
    def broken(check, desk):
        raise KeyError("t")

    monkeypatch.setattr("grader.kinds.code.grade", broken)
    mark = graded(logistic, tmp_path, RIGHT)
    assert [check.status for check in mark.checks] == ["undecided", "passed"]
    assert (mark.score, mark.pending, mark.lost) == (2, 6, False)


def test_a_mark_does_not_depend_on_whether_the_mistake_is_found(logistic, tmp_path, monkeypatch):
    def broken(self, evidence, call=None):
        raise IndexError("no mistake")

    monkeypatch.setattr("grader.references.Reference.diagnose", broken)
    mark = graded(logistic, tmp_path, RIGHT.replace(" / len(t)", ""))
    assert [(check.score, check.status) for check in mark.checks] == [(0, "failed"), (2, "passed")]
    assert mark.checks[0].diagnosis is None


def test_a_submission_has_the_same_mark_alone_and_among_others(logistic, tmp_path):
    for name, code in {"ada": RIGHT, "bob": "while", "eve": RIGHT.replace("/ len(t)", "")}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "work.py").write_text(code, encoding="utf-8")
    (tmp_path / "zoe").mkdir()
    together = grade(logistic, [tmp_path], 5, Workers()).marks
    assert [(mark.id, mark.status, mark.score) for mark in together] == [
        ("ada", "graded", 8), ("bob", "error", 0), ("eve", "graded", 2), ("zoe", "refused", 0)
    ]  # fmt: skip
    (alone,) = grade(logistic, [tmp_path / "eve"], 5, Workers()).marks
    assert alone.checks == together[2].checks
