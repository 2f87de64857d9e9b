"""The commands of students and graders, as they are typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader import catalogue
from grader.sandbox import NONE
from graphc.cli import grading, grading_class
from graphc.cli.main import run

ID = "02-logistic/gradients"
LAYERS_FOR = grading.layers_for
DELTA = """\
title = "A formula"
task = "task.md"
model = "model.net"
hints = ["first", "second"]

[[check]]
name = "delta"
kind = "formula"
answer = "delta[i]"
equals = "dL/da[i]"
points = 2
"""


@pytest.fixture(autouse=True)
def without_sandbox(monkeypatch, tmp_path):
    """Nothing runs in these exercises, so nothing has to isolate; marks are kept where the test is."""
    for module in (grading, grading_class):
        monkeypatch.setattr(module, "layers_for", lambda sandbox: NONE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def formula(tmp_path) -> Path:
    """An exercise without code."""
    folder = tmp_path / "formula"
    folder.mkdir()
    (folder / "exercise.toml").write_text(DELTA)
    (folder / "task.md").write_text("# Find delta\n")
    home = catalogue.home()
    assert home is not None
    (folder / "model.net").write_bytes((home / ID / "model.net").read_bytes())
    return folder


def answered(capsys, *arguments: str):
    """The exit code and the object on stdout."""
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_exercises_are_listed_with_their_titles_and_points(capsys):
    code, data = answered(capsys, "exercises")
    assert code == 0
    (mine,) = [one for one in data["exercises"] if one["id"] == ID]
    assert mine == {"id": ID, "title": "Gradients of the logistic neuron", "points": 8, "kinds": ["code", "formula"]}
    assert run(["exercises"]) == 0
    assert all(len(line) <= 80 for line in capsys.readouterr().out.splitlines())


def test_list_has_the_exercises_too(capsys):
    _, data = answered(capsys, "list")
    assert ID in [one["name"] for one in data["exercises"]]


def test_start_copies_an_exercise_and_overwrites_nothing(capsys, tmp_path):
    code, data = answered(capsys, "start", ID, "mine")
    assert code == 0
    assert sorted(data["files"]) == ["exercise.toml", "model.net", "starter.py", "task.md"]
    (tmp_path / "mine" / "starter.py").write_text("my work")
    assert run(["start", ID, "mine"]) == 2
    assert (tmp_path / "mine" / "starter.py").read_text() == "my work"


def test_hints_come_one_after_the_other_and_the_last_one_again(capsys, tmp_path):
    run(["start", ID])
    capsys.readouterr()
    assert [answered(capsys, "hint", ID)[1]["number"] for _ in range(4)] == [1, 2, 3, 3]
    assert answered(capsys, "hint", ID, "--number", "2")[1]["number"] == 2


def test_a_hint_without_a_folder_is_the_first_and_leaves_nothing_behind(capsys, tmp_path):
    assert [answered(capsys, "hint", ID)[1]["number"] for _ in range(2)] == [1, 1]
    assert list(tmp_path.iterdir()) == []


def test_an_exercise_that_is_not_there_is_an_error_with_what_was_probably_meant(capsys):
    code, data = answered(capsys, "grade", "02-logistic/gradient", "x.py")
    assert code == 2
    assert "did you mean" in data["hint"]


def test_grade_says_what_is_right_and_ends_with_0(capsys, formula, tmp_path):
    (tmp_path / "ada.py").write_text('delta = "(y[i] - t[i])/n"')
    code, data = answered(capsys, "grade", str(formula), "ada.py")
    assert code == 0
    assert data["schema"] == "graphc/grade/1"
    assert [(one["id"], one["score"]) for one in data["submissions"]] == [("ada", 2)]


def test_grade_ends_with_1_where_points_were_lost_and_writes_the_answer_to_a_file(capsys, formula, tmp_path):
    (tmp_path / "bob.py").write_text('delta = "y[i] - t[i]"')
    assert run(["grade", str(formula), "bob.py", "-o", "marks.txt"]) == 1
    written = (tmp_path / "marks.txt").read_text()
    assert "0 of 2" in written
    assert all(len(line) <= 80 for line in written.splitlines())


def test_the_same_seed_is_reported_and_another_one_is_drawn_where_none_is_given(capsys, formula, tmp_path):
    (tmp_path / "ada.py").write_text('delta = "(y[i] - t[i])/n"')
    assert answered(capsys, "grade", str(formula), "ada.py", "--seed", "5")[1]["seed"] == 5
    seeds = {answered(capsys, "grade", str(formula), "ada.py")[1]["seed"] for _ in range(3)}
    assert len(seeds) == 3


def test_what_start_copied_is_graded_by_its_id_or_by_its_folder(capsys, formula, tmp_path):
    (formula / "answers.txt").write_text("delta[i] = (y[i] - t[i])/n\n")
    assert run(["grade", str(formula)]) == 0
    assert "2 of 2" in capsys.readouterr().out


def test_no_sandbox_is_exit_code_3_and_says_how_to_get_one(capsys, formula, tmp_path, monkeypatch):
    from grader.sandbox import Layers, Missing

    nothing = Layers(("rlimits",), (Missing("bubblewrap", "not installed", "apt install bubblewrap"),))
    monkeypatch.setattr("grader.sandbox.probe", lambda: nothing)
    monkeypatch.setattr(grading_class, "layers_for", LAYERS_FOR)
    (tmp_path / "ada.py").write_text("")
    code, data = answered(capsys, "grade", str(formula), "ada.py")
    assert (code, data["schema"]) == (3, "graphc/error/1")
    assert "apt install bubblewrap" in data["hint"]


def test_grading_without_a_sandbox_shouts(capsys, monkeypatch, formula, tmp_path):
    monkeypatch.undo()
    (tmp_path / "ada.py").write_text('delta = "(y[i] - t[i])/n"')
    assert run(["grade", str(formula), str(tmp_path / "ada.py"), "--sandbox", "none"]) == 0
    assert "NO SANDBOX" in capsys.readouterr().err


def test_watch_grades_again_when_a_file_is_saved_and_ends_when_all_is_right(formula):
    (formula / "answers.txt").write_text("delta[i] = y[i]\n")
    command = [sys.executable, "-m", "graphc", "watch", str(formula), "--sandbox", "none"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert watching.stdout is not None
    said = ""
    while "save to have it graded again" not in said:
        said += watching.stdout.readline()
    assert "0 of 2" in said
    (formula / "answers.txt").write_text("delta[i] = (y[i] - t[i])/n\n")
    assert "2 of 2" in watching.communicate(timeout=100)[0]
    assert watching.returncode == 0


@pytest.mark.slow
def test_watch_ends_quietly_at_an_interrupt(formula):
    (formula / "answers.txt").write_text("delta[i] = y[i]\n")
    command = [sys.executable, "-m", "graphc", "watch", str(formula), "--sandbox", "none"]
    watching = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert watching.stdout is not None
    while "save to have it graded again" not in watching.stdout.readline():
        pass
    time.sleep(0.1)
    os.kill(watching.pid, signal.SIGINT)
    _, errors = watching.communicate(timeout=100)
    assert watching.returncode == 1
    assert "Traceback" not in errors


def test_marks_come_in_the_form_that_is_asked_for(capsys, formula, tmp_path):
    for name in ("ada", "ben"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "answers.txt").write_text("delta[i] = (y[i] - t[i])/n\n")
    assert run(["grade", str(formula), "class", "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "ada,graded,2,2,0,2,,"
    assert run(["grade", str(formula), "class", "--format", "html", "-o", "pages"]) == 0
    assert sorted(path.name for path in Path("pages").iterdir()) == ["ada.html", "ben.html", "index.html"]
    assert run(["grade", str(formula), "class", "--format", "json", "--diff"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_a_class_is_graded_in_parts_and_put_together(capsys, formula, tmp_path):
    for name in ("ada", "ben", "cy"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "answers.txt").write_text("delta[i] = y[i] - t[i]\n")
    code, data = answered(capsys, "grade", str(formula), "class", "--shard", "1/2")
    assert code == 2
    assert "one seed" in data["message"]
    for part in ("1/2", "2/2"):
        run(["grade", str(formula), "class", "--seed", "4", "--shard", part, "--json", "-o", f"{part[0]}.json"])
    capsys.readouterr()
    code, data = answered(capsys, "grade", "--merge", "2.json")
    assert code == 2
    assert data["message"] == "of 2 parts these are missing: 1/2"
    code, data = answered(capsys, "grade", "--merge", "1.json", "2.json")
    assert code == 1
    assert [mark["id"] for mark in data["submissions"]] == ["ada", "ben", "cy"]
