"""The same attacks as a class that is graded: none earns a point, and the honest one among them earns all of hers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sandboxed import layers_or_skip

from graphc.cli.main import run

SUBMISSIONS = sorted(Path(__file__).with_name("submissions").glob("*.py"))
MODEL = """\
input x[n, m]
input t[n]
param w[m]
param b
y[i] = sum[j](x[i,j] * w[j]) + b
output y
loss L = mean[i]((y[i] - t[i])**2) / 2
"""
EXERCISE = """\
title = "A gradient"
task = "task.md"
model = "model.net"
hints = ["first", "second"]

[[check]]
name = "gradient"
kind = "code"
call = "gradients(x, t, w, b)"
returns = ["dL/dw"]
points = 6
seconds = 1
memory_mb = 96
forbid = ["torch"]
"""
AT_MARKS = {"array_subclass", "exit_in_call", "forged_ahead", "forged_answer", "hidden_change", "not_a_number"}
AT_MARKS |= {"patched_numpy", "replay", "threads_after_return"}
HONEST = "def gradients(x, t, w, b):\n    return (x @ w + b - t) @ x / len(t)\n"


@pytest.fixture
def exercise(tmp_path) -> Path:
    folder = tmp_path / "exercise"
    folder.mkdir()
    for name, text in (("model.net", MODEL), ("exercise.toml", EXERCISE), ("task.md", "# A gradient\n")):
        (folder / name).write_text(text)
    return folder


def graded(exercise: Path, attacks: list[Path], folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict]:
    """Each submission's entry, by its id."""
    texts = {"a-honest": HONEST, **{path.stem: path.read_text() for path in attacks}, "z-honest": HONEST}
    for name, text in texts.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "solution.py").write_text(text)
    capsys.readouterr()
    assert run(["grade", str(exercise), str(folder), "--jobs", "2", "--json"]) == 1
    submissions = json.loads(capsys.readouterr().out)["submissions"]
    assert len(submissions) == len(texts)
    return {entry["id"]: entry for entry in submissions}


def shows_no_points(entries: dict[str, dict]) -> None:
    for name in ("a-honest", "z-honest"):
        honest = entries.pop(name)
        assert honest["score"] == honest["max_score"] == 6, honest
    assert {name: entry["score"] for name, entry in entries.items()} == dict.fromkeys(entries, 0)
    for entry in entries.values():
        assert "bubblewrap" in entry["sandbox"] or {"seccomp", "landlock"} <= set(entry["sandbox"])


def test_no_attack_earns_a_point_and_the_honest_beside_them_earn_all(exercise, tmp_path, capsys):
    layers_or_skip()
    at_marks = [path for path in SUBMISSIONS if path.stem in AT_MARKS]
    assert len(at_marks) == len(AT_MARKS)
    shows_no_points(graded(exercise, at_marks, tmp_path / "class", capsys))


@pytest.mark.slow
def test_no_attack_earns_a_point_though_it_runs_until_it_is_stopped(exercise, tmp_path, capsys):
    layers_or_skip()
    shows_no_points(graded(exercise, SUBMISSIONS, tmp_path / "class", capsys))
