"""The page of the mistakes: each has an example, and each example is told as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import Workers

import graphc as gc
from grader.exercise import Check, Exercise
from grader.grade import grade_one
from grader.misconceptions.examples import EXAMPLES, MODELS, Example
from grader.misconceptions.page import page
from grader.misconceptions.table import TABLE
from grader.submission import Submission

ROOT = Path(__file__).parents[2]
FEW = ("swapped", "wrong-point", "mutates-input")


def test_the_page_is_what_the_tables_say():
    written = (ROOT / "docs" / "mistakes.md").read_text("utf-8")
    assert written == page(), "run `python -m grader.misconceptions.page > docs/mistakes.md`"


def test_every_mistake_that_has_a_name_has_an_example():
    assert sorted(example.code for example in EXAMPLES) == sorted(row.code for row in TABLE)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "example",
    [pytest.param(one, id=one.code, marks=() if one.code in FEW else (pytest.mark.slow,)) for one in EXAMPLES],
)
def test_an_example_is_told_as_the_mistake_that_it_makes(example: Example, tmp_path: Path):
    model = tmp_path / "model.net"
    model.write_text(MODELS[example.model][1])
    check = Check("check", "code", 1, example.call, (example.returns,), example.upstream)
    exercise = Exercise("example", tmp_path, "Example", tmp_path, model, (), (check,), gc.load(model))
    (result,) = grade_one(exercise, Submission("s", tmp_path, example.program, name="a.py"), Workers(), 3).checks
    assert result.score < 1
    assert result.diagnosis is not None
    assert result.diagnosis.code == example.code, result.message
