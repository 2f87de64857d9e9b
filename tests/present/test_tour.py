"""The tour."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from graphc.cli import main, tour, tour_grading, tour_training
from graphc.learn.plots import style
from graphc.present.boxes import columns


@pytest.fixture(scope="module")
def taken() -> tour.Tour:
    return tour.take()


@pytest.fixture(autouse=True)
def once(taken: tour.Tour, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it computes is computed once for all of these tests."""
    monkeypatch.setattr(tour, "take", lambda: taken)


def test_the_tour_shows_the_derived_gradients_and_that_they_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["tour", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "graphc/tour/1"
    assert said["gradients"]["dL/da"] == "dL/da[i] = (y[i] - t[i])/n"
    assert said["largest_difference"] < 1e-8
    assert "∂L/∂w[j]" in said["derivation"]
    assert [line["status"] for line in said["check"]["lines"]] == ["true", "true", "true", "false"]
    assert said["check"]["lines"][-1]["repair"] is not None
    assert len(said["derived"]["dL/dw"]) == 2
    compile(said["source"], "tour", "exec")


def test_the_tour_fits_eighty_columns_and_shows_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["tour"]) == 0
    text = capsys.readouterr().out
    assert max(map(columns, text.splitlines())) <= 80
    for word in ("Declare", "Show", "Differentiate", "Compile", "Evaluate", "Check", "Train", "Grade", "Next"):
        assert word in text
    assert "def step(" in text
    assert "chain rule" in text
    assert "✗ = (t - y)*x" in text
    assert "\x1b" not in text


def test_the_tour_trains_the_spiral_and_draws_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["tour", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["train"]
    assert said["accuracy"] >= 0.98
    assert said["losses"][-1] < said["losses"][0] / 10
    assert len(said["losses"]) == said["epochs"]
    assert Path(said["picture"]).read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_tour_draws_in_characters_and_says_how_to_get_pictures(
    taken: tour.Tour, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, "available", lambda: False)
    monkeypatch.setattr(tour, "take", lambda: replace(taken, learnt=tour_training.learn()))
    assert main.run(["tour"]) == 0
    text = capsys.readouterr().out
    assert "The same as a picture: pip install 'graphc[plot]'" in text
    assert "░░░" in text
    assert "│" in text


def test_the_tour_grades_a_wrong_answer_and_shows_what_the_student_is_told(
    taken: tour.Tour, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["tour", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["grade"]
    assert said["score"] == 0
    assert {check["diagnosis"]["code"] for check in said["checks"]} == {"missing-mean"}
    kinds = ["gradients", "delta"] if not taken.graded.hint else ["delta"]
    assert [check["name"] for check in said["checks"]] == kinds
    assert main.run(["tour"]) == 0
    text = capsys.readouterr().out
    assert "✗ delta" in text
    assert "which is" not in text[text.index("8  Grade") :]  # nobody is told the right value


def test_without_a_sandbox_the_tour_grades_the_formula_and_says_how_to_get_one(
    taken: tour.Tour, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader import sandbox

    lacking = sandbox.Missing("bubblewrap", "not installed", "apt install bubblewrap")
    monkeypatch.setattr(sandbox, "probe", lambda: sandbox.Layers((), (lacking,)))
    graded = tour_grading.grade()
    assert [check.name for check in graded.grading.marks[0].checks] == ["delta"]
    monkeypatch.setattr(tour, "take", lambda: replace(taken, graded=graded))
    assert main.run(["tour"]) == 0
    text = capsys.readouterr().out
    assert "A sandbox for the rest: apt install bubblewrap" in text
    assert max(map(columns, text.splitlines())) <= 80


def test_the_tour_goes_to_a_file(tmp_path: Path) -> None:
    out = tmp_path / "tour.txt"
    assert main.run(["tour", "-o", str(out)]) == 0
    assert "Differentiate" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [command for command, _ in tour.NEXT])
def test_what_the_tour_says_to_try_next_works(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.run(shlex.split(command)) == 0


def test_the_heart_of_a_module_is_the_function_that_computes() -> None:
    lines = ["import numpy", "", "def _prepared(n):", "    a = 1", "", "    def step(x):", "        y = x"]
    source = "\n".join([*lines, "", "        return y", "", "    return step", ""])
    assert tour.heart(source) == "def step(x):\n    y = x\n\n    return y"
