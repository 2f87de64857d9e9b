"""Whether an exercise can be given to students is found out before it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import Workers

from grader.checking import check, text
from grader.exercise import read

NET = """\
input x[n, m]
param w[m]
param b
a[i] = sum[j](x[i,j]*w[j]) + b
unused = 0*b
loss L = mean[i](a[i]**2)
"""
CODE = """\
name = "a"
kind = "code"
call = "forward(x, w, b)"
returns = ["a"]
points = 1
"""


@pytest.fixture
def report(tmp_path):
    """What is found out about an exercise of one check."""

    def checked(table: str, **files: str):
        (tmp_path / "exercise.toml").write_text(
            f'title = "T"\ntask = "task.md"\nmodel = "model.net"\n[[check]]\n{table}', encoding="utf-8"
        )
        (tmp_path / "task.md").write_text("# T\n", encoding="utf-8")
        (tmp_path / "model.net").write_text(NET, encoding="utf-8")
        for name, content in files.items():
            Path(tmp_path, name.replace("__", ".")).write_text(content, encoding="utf-8")
        return check(read(tmp_path), Workers())

    return checked


def problems(found) -> str:
    return "; ".join([*found.problems, *(problem for one in found.checks for problem in one.problems)])


def test_an_exercise_whose_starter_fails_and_whose_inputs_tell_is_fit(report):
    found = report(CODE, starter__py="def forward(x, w, b):\n    return 0 * (x @ w)\n")
    assert found.fit, problems(found)
    assert found.checks[0].mutants > 3
    assert found.checks[0].told == found.checks[0].mutants
    assert "kill score 100 %" in text(found)
    assert found.json()["checks"][0]["kill_score"] == 1


def test_an_exercise_whose_starter_passes_is_refused(report):
    found = report(CODE, starter__py="def forward(x, w, b):\n    return x @ w + b\n")
    assert not found.fit
    assert "the starter passes" in problems(found)


def test_an_exercise_without_a_starter_or_without_a_task_is_refused(report, tmp_path):
    assert "there is no starter" in problems(report(CODE))
    (tmp_path / "task.md").unlink()
    assert "there is no task" in problems(check(read(tmp_path), Workers()))


def test_an_exercise_whose_starter_cannot_be_read_is_refused(report):
    assert "which of them counts" in problems(report(CODE, one__py="", two__py=""))


def test_a_value_that_the_arguments_do_not_tell_is_refused(report):
    found = report(CODE.replace("(x, w, b)", "(x, w)"), starter__py="")
    assert "cannot be computed from the arguments: it depends on b" in problems(found)


def test_a_value_that_is_always_0_is_refused(report):
    found = report(CODE.replace('"a"]', '"unused"]'), starter__py="")
    assert "is 0 whatever is given" in problems(found)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('name = "f"\nkind = "formula"\nanswer = "f"\nequals = "dunused/db"\npoints = 1', "is 0, so that anybody"),
        ('name = "f"\nkind = "number"\nequals = "links"\npoints = 1', "depend on sizes"),
        ('name = "f"\nkind = "number"\nequals = "L"\npoints = 1', "it depends on x, w, b"),
    ],
    ids=["nought", "a free count", "no number"],
)
def test_a_question_that_has_no_answer_is_refused(report, table, said):
    found = report(table, starter__py="x = 1")
    assert not found.fit
    assert said in problems(found)


def test_data_that_are_not_there_are_said(report):
    table = 'name = "net"\nkind = "net"\nrequire = ["accuracy(nope) >= 0.9"]\npoints = 1'
    assert "no data set" in problems(report(table))
