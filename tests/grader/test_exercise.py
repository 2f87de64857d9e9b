"""Exercises are read strictly: whatever is wrong in one is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import graphc as gc
from grader import catalogue
from grader.exercise import read

NET = """\
input x[n, m]
input t[n] : in {0, 1}
param w[m]
param b
a[i] = sum[j](x[i,j] * w[j]) + b
output y[i] = sigma(a[i])
loss L = mean[i](binary_cross_entropy(y[i], t[i]))
"""
TOML = """\
title = "Gradients"
task = "task.md"
model = "model.net"

[[check]]
name = "gradients"
kind = "code"
call = "gradients(x, t, w, b)"
returns = ["dL/dw", "dL/db"]
points = 6

[[check]]
name = "delta"
kind = "formula"
answer = "delta[i]"
equals = "dL/da[i]"
points = 2.5
"""


def made(folder: Path, toml: str = TOML, net: str = NET) -> Path:
    (folder / "exercise.toml").write_text(toml, encoding="utf-8")
    (folder / "model.net").write_text(net, encoding="utf-8")
    (folder / "task.md").write_text("# A task\n", encoding="utf-8")
    return folder


def refused(folder: Path, toml: str, net: str = NET) -> gc.GraphcError:
    with pytest.raises(gc.GraphcError) as caught:
        read(made(folder, toml, net))
    return caught.value


def test_an_exercise_is_what_its_file_says(tmp_path):
    exercise = read(made(tmp_path))
    assert (exercise.title, exercise.points) == ("Gradients", 8.5)
    code, formula = exercise.checks
    assert (code.function, code.arguments, code.returns) == ("gradients", ("x", "t", "w", "b"), ("dL/dw", "dL/db"))
    assert (code.seconds, code.memory_mb, code.forbid, code.upstream) == (10, 1024, (), None)
    assert (formula.asked, formula.equals) == ("delta", "dL/da[i]")


def test_what_is_optional_is_read(tmp_path):
    more = TOML.replace(
        "points = 6",
        'points = 6\nsizes = [{n=4, m=3}, {n=1}]\ntolerance = 1e-3\nseconds = 2.5\nmemory_mb = 256\nforbid = ["torch"]',
    )
    check = read(made(tmp_path, more)).checks[0]
    assert check.sizes == ({"n": 4, "m": 3}, {"n": 1})
    assert (check.tolerance, check.seconds, check.memory_mb, check.forbid) == (1e-3, 2.5, 256, ("torch",))


def test_an_upstream_is_an_argument_that_the_model_does_not_have(tmp_path):
    up = TOML.replace('"gradients(x, t, w, b)"', '"gradients(x, w, b, g)"\nupstream = "g"')
    up = up.replace('["dL/dw", "dL/db"]', '["dy/dw", "dy/db"]')
    assert read(made(tmp_path, up)).checks[0].upstream == "g"


WRONG = {
    "an unknown key": ("points = 6", "points = 6\nupsteam = 'g'", 11, "`upsteam` means nothing here", "`upstream`"),
    "an unknown key on top": ('task = "task.md"', 'taks = "task.md"', 2, "`taks` means nothing here", "`task`"),
    "a key of another kind": ('points = 2.5', 'points = 2.5\nreturns = ["y"]', 18, "`returns` means nothing", None),
    "a kind that there is not": ('kind = "code"', 'kind = "coda"', 7, "there is no kind `coda`", "code, formula"),
    "no points": ("points = 6", "points = 0", 10, "`points` is a number above 0, not 0", None),
    "points that are none": ("points = 6", 'points = "6"', 10, "`points` is a number above 0, not '6'", None),
    "infinitely many points": ("points = 6", "points = inf", 10, "`points` is a number above 0, not inf", None),
    "true as points": ("points = 6", "points = true", 10, "`points` is a number above 0, not true", None),
    "a missing key": ("points = 6\n", "", 5, "`points` is missing", None),
    "no kind": ('kind = "code"\n', "", 5, "`kind` is missing", None),
    "a word of Python's": ('"gradients(', '"class(', 8, "`class` is a word of Python's own", None),
    "sizes too large": ("points = 6", "points = 6\nsizes = [{n=1000000000}]", 11, "1,000,000,000 numbers", None),
    "another index": ("dL/da[i]", "dL/da[j]", 16, "`j` is no index of delta[i]", None),
    "a list that is none": ('["dL/dw", "dL/db"]', '"dL/dw"', 9, "`returns` is a list of texts", None),
    "a strange call": ('"gradients(x, t, w, b)"', '"gradients x"', 8, "`call` is a function and its arguments", None),
    "a name that is not in the model": ("(x, t, w, b)", "(x, t, v, b)", 8, "has no tensor `v`", "it has x, t"),
    "a name twice": ("(x, t, w, b)", "(x, t, w, w)", 8, "`w` is there twice", None),
    "a return that is not in the model": ("dL/dw", "dL/dW", 9, "the model has no tensor `W`", "did you mean `w`?"),
    "a derivative of nothing": ("dL/dw", "dE/dw", 9, "the model has no tensor `E`", None),
    "the same return twice": ('"dL/db"]', '"dL/dw"]', 9, "`dL/dw` is there twice", None),
    "an upstream that is no argument": ("points = 6", 'upstream = "g"\npoints = 6', 10, "`g` is no argument", None),
    "a size that the model lacks": ("points = 6", "points = 6\nsizes = [{q=3}]", 11, "no free size `q`", "it has m, n"),
    "a size that is none": ("points = 6", "points = 6\nsizes = [{n=0}]", 11, "`sizes` is a list of sizes", None),
    "two checks of one name": ('name = "delta"', 'name = "gradients"', 13, "there are two checks `gradients`", None),
    "an answer that is none": ('"delta[i]"', '"delta(i)"', 15, "`answer` is a name with its indices", None),
    "a question about nothing": ("dL/da[i]", "dL/dq[i]", 16, "the model has no `q`", None),
    "a question that is none": ("dL/da[i]", "dL/da[i", 16, "never closed", None),
    "no model there": ('"model.net"', '"modal.net"', 3, "there is no file modal.net beside this one", None),
    "a file elsewhere": ('"model.net"', '"../model.net"', 3, "`model` is a file beside this one", None),
    "no model": ('model = "model.net"\n', "", 6, "a check of the kind code needs a model", 'model = "model.net"'),
    "a table that is none": ("[[check]]", "[check]", 12, "cannot", None),
    "a text that does not end": ('title = "Gradients"', 'title = "Gradients', 1, "", None),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "line", "message", "hint"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_with_its_place(tmp_path, before, after, line, message, hint):
    assert before in TOML
    error = refused(tmp_path, TOML.replace(before, after, 1))
    assert re.search(re.escape(message), error.message, re.IGNORECASE)
    assert (error.file, error.line) == (str(tmp_path / "exercise.toml"), line)
    assert hint is None or hint in (error.hint or "")


def test_grading_needs_no_title_and_no_task(tmp_path):
    made(tmp_path, TOML.replace('title = "Gradients"\n', ""))
    (tmp_path / "task.md").unlink()
    exercise = read(tmp_path)
    assert exercise.title == exercise.id == tmp_path.name
    assert sorted(exercise.own_files) == ["exercise.toml", "model.net"]


def test_a_model_that_does_not_load_shows_its_own_error(tmp_path):
    error = refused(tmp_path, TOML, NET.replace("sum[j]", "som[j]"))
    assert error.file == str(tmp_path / "model.net")
    assert error.line == 5


def test_a_kernel_is_refused_because_nothing_compiles_one(tmp_path):
    error = refused(tmp_path, TOML.replace('kind = "code"', 'kind = "kernel"'))
    assert "no kernels" in error.message


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe", "not UTF-8"), (b"a = " + b"[" * 100_000, "."), (b" " * 2_000_000, "larger than 1 MB")],
    ids=["no text", "nested deeply", "large"],
)
def test_a_file_that_is_no_exercise_is_an_error_and_no_crash(tmp_path, content, message):
    made(tmp_path)
    (tmp_path / "exercise.toml").write_bytes(content)
    with pytest.raises(gc.GraphcError, match=message):
        read(tmp_path)


def test_every_exercise_that_ships_can_be_read_and_has_a_task_and_points():
    assert catalogue.ids()
    for entry in catalogue.entries():
        exercise = catalogue.find(entry.id)
        assert exercise.points == entry.points > 0
        assert exercise.task.read_text(encoding="utf-8").startswith("# ")
