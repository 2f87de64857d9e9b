"""A room for a class: an exercise, submissions that leave a mark whenever they are run, and a ledger."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.classes import grade_class
from grader.exercise import read
from grader.sandbox import NONE
from grader.submission import find

MODEL = "input x[n]\nparam a\ny[i] = a*x[i]\noutput y\nloss L = mean[i](y[i]**2)\n"
EXERCISE = """
title = "A line"
task = "task.md"
model = "model.net"

[[check]]
name = "slope"
kind = "code"
call = "slope(x, a)"
returns = ["dL/da"]
points = 4

[[check]]
name = "delta"
kind = "formula"
answer = "delta[i]"
equals = "dL/dy[i]"
points = 2
"""
# What these tests let run unguarded they have written themselves: it leaves a mark whenever it is run.
RIGHT = """
import os
with open(r"{log}", "a") as log:
    log.write("{id}\\n")

def slope(x, a):
    {wait}
    return 2*a*(x*x).mean(){twice}

delta = "2*y[i]/n"
"""


class Room:
    """An exercise, a class, and a log of what was run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.ledger = folder, folder / "log", folder / "ledger.sqlite"
        self.exercise, self.students = folder / "exercise", folder / "class"
        self.exercise.mkdir()
        (self.exercise / "model.net").write_text(MODEL)
        (self.exercise / "task.md").write_text("# A line\n")
        self.asks()

    def asks(self, old: str = "", new: str = "") -> None:
        (self.exercise / "exercise.toml").write_text(EXERCISE.replace(old, new))

    def hands_in(self, *ids: str, wait: str = "", twice: str = "") -> None:
        for id in ids:
            folder = self.students / id
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "answer.py").write_text(RIGHT.format(log=self.log, id=id, wait=wait, twice=twice))

    def grade(self, seed: int = 3, ledger: bool = True, **more):
        exercise = read(self.exercise)
        found = more.pop("found") if "found" in more else find([self.students], exercise.own_files)
        return grade_class(exercise, found, seed, NONE, ledger=self.ledger if ledger else None, **more)

    @property
    def runs(self) -> list[str]:
        return sorted(self.log.read_text().split()) if self.log.exists() else []

    def command(self, *more: str) -> list[str]:
        words = ["grade", str(self.exercise), str(self.students), "--sandbox", "none", "--seed", "3"]
        return [sys.executable, "-m", "graphc", *words, "--ledger", str(self.ledger), *more]


def plain(grading) -> list[dict]:
    """The marks without the time that they took."""
    return [mark.json() | {"seconds": 0} for mark in grading.marks]
