"""The same attacks as a class that is graded: none earns a point, and the honest one among them earns all of hers."""

from __future__ import annotations

import json
import os
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
AT_MARKS = {"exit_in_call", "forged_ahead", "forged_answer", "patched_numpy"}
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
    assert len(submissions) >= len(texts)
    return {entry["id"]: entry for entry in submissions}


def shows_no_points(entries: dict[str, dict]) -> None:
    for name in ("a-honest", "z-honest"):
        honest = entries.pop(name)
        assert honest["score"] == honest["max_score"] == 6, honest
    assert {name: entry["score"] for name, entry in entries.items()} == dict.fromkeys(entries, 0)
    for entry in entries.values():
        assert "bubblewrap" in entry["sandbox"] or {"seccomp", "landlock"} <= set(entry["sandbox"])


def hostile_folders(folder: Path, secret: Path) -> dict[str, str]:
    """Submissions whose files, not whose code, are the attack, and the status that some of them must have."""
    deep = '{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
    cells = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": {"a": [HONEST]}}]})
    texts = {
        "deep-notebook": ("solution.ipynb", deep.encode()),
        "odd-notebook": ("solution.ipynb", cells.encode()),
        "no-text": ("solution.py", b"\xff\xfe\x00def gradients"),
        "zero-bytes": ("solution.py", b"def gradients(x, t, w, b):\0 return 0"),
        "another-coding": ("solution.py", b"# coding: rot13\nqrs tenqvragf(k, g, j, o): erghea 0\n"),
        "odd\nname \u202e\x1b[2J": ("solution.py", b"def gradients(x, t, w, b): return 0.0\n"),
        "-rf": ("solution.py", b"def gradients(x, t, w, b): return 0.0\n"),
    }
    for name, (file, content) in texts.items():
        (folder / name).mkdir()
        (folder / name / file).write_bytes(content)
    for name, target in {"link-out": secret, "endless": Path("/dev/zero"), "loop": Path("solution.py")}.items():
        (folder / name).mkdir()
        (folder / name / "solution.py").symlink_to(target)
    (folder / "waits").mkdir()
    os.mkfifo(folder / "waits" / "solution.py")
    (folder / "sparse").mkdir()
    with (folder / "sparse" / "solution.py").open("wb") as file:
        file.truncate(1 << 34)
    (folder / "upwards").symlink_to(folder.parent, target_is_directory=True)
    (folder / "shadow").mkdir()
    (folder / "shadow" / "solution.py").write_text("import numpy as np\ndef gradients(x, t, w, b): return np.answer")
    (folder / "shadow" / "numpy.py").write_text("answer = 1")
    return {
        "link-out": "refused",
        "endless": "refused",
        "waits": "refused",
        "sparse": "refused",
        "deep-notebook": "refused",
    }


def test_no_attack_earns_a_point_and_the_honest_beside_them_earn_all(exercise, tmp_path, capsys):
    layers_or_skip()
    secret = tmp_path / "secret.py"
    secret.write_text(HONEST)
    folder = tmp_path / "class"
    folder.mkdir()
    statuses = hostile_folders(folder, secret)
    at_marks = [path for path in SUBMISSIONS if path.stem in AT_MARKS]
    assert len(at_marks) == len(AT_MARKS)
    entries = graded(exercise, at_marks, folder, capsys)
    assert {name: entries[name]["status"] for name in statuses} == statuses
    shows_no_points(entries)


@pytest.mark.slow
def test_no_attack_earns_a_point_though_it_runs_until_it_is_stopped(exercise, tmp_path, capsys):
    layers_or_skip()
    shows_no_points(graded(exercise, SUBMISSIONS, tmp_path / "class", capsys))
