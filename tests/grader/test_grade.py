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
    (mark,) = grade(exercise, [folder], 7, Workers(), ("double",)).marks
    return mark


def test_a_right_submission_has_all_points_and_the_form_of_the_contract(logistic, tmp_path):
    mark = graded(logistic, tmp_path, RIGHT)
    assert mark.score == mark.max_score == 8
    data = mark.json()
    assert data["status"] == "graded"
    assert [check["status"] for check in data["checks"]] == ["passed", "passed"]
    assert [check["diagnosis"] for check in data["checks"]] == [None, None]
    assert data["sandbox"] == ["double"]
