"""All that `graphc grade` was given, graded: a single submission at once, a class with its ledger and its progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language.errors import GraphcError
from .grading import fresh_seed, layers_for, own_folder

if TYPE_CHECKING:
    from grader.exercise import Exercise
    from grader.result import Grading


@dataclass(frozen=True)
class Class:
    """The submissions, and what they are graded with."""

    exercise: Exercise
    found: Sequence[tuple[str, Any]]
    seed: int
    layers: Any
    ledger: Path | None
    shard: str = ""

    @classmethod
    def of(
        cls,
        name: str,
        paths: list[Path] | None,
        seed: int | None,
        sandbox: str,
        shard: str | None,
        ledger: Path | None,
        diff: bool,
    ) -> Class:
        """What the command line says. Several submissions have a ledger, and then a seed that stays."""
        from grader import catalogue
        from grader.classes import Shard
        from grader.submission import find

        exercise = catalogue.find(name)
        found = find(paths or own_folder(name, exercise, catalogue.folder_of(name, exercise)), exercise.own_files)
        part = None if shard is None else Shard.read(shard)
        if part is not None:
            if seed is None:
                raise GraphcError(
                    "every part of a class has to be graded with one seed", "give --seed S to all of them"
                )
            found = [(id, one) for id, one in found if part.holds(id)]
        layers = layers_for(sandbox)
        kept = cls._ledger(ledger, needed=diff) if len(found) > 1 or ledger is not None or diff else None
        return cls(exercise, found, cls._seed(seed, kept, exercise), layers, kept, "" if part is None else str(part))

    @staticmethod
    def _ledger(given: Path | None, needed: bool) -> Path | None:
        """The file; where the usual one cannot be made, marks are not kept, which is said."""
        from grader.classes import Ledger, LedgerError, usual_place

        file = usual_place() if given is None else given
        try:
            with Ledger(file):
                return file
        except LedgerError as error:
            if given is not None or needed:
                raise
            _tell(f"marks are not kept: {error.message}")
            return None

    @staticmethod
    def _seed(given: int | None, ledger: Path | None, exercise: Exercise) -> int:
        from grader.classes import Ledger, place

        if given is not None or ledger is None:
            return fresh_seed() if given is None else given
        with Ledger(ledger) as opened:
            return opened.seed(place(exercise), fresh_seed())

    def grade(self, jobs: int | None, again: bool) -> Grading:
        from grader.classes import Stopped, grade_class

        size = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        try:
            with progress(len(self.found)) as watch:
                grading = grade_class(
                    self.exercise, self.found, self.seed, self.layers, jobs or size, self.ledger, watch, again, _tell
                )
                return replace(grading, shard=self.shard)
        except Stopped as stopped:
            done = f"{len(stopped.grading.marks)} of {stopped.of}"
            kept = "; the same command goes on from there" if self.ledger is not None else ""
            sys.stderr.write(f"\nstopped: {done} are graded{kept}\n")
            raise


def _tell(said: str) -> None:
    sys.stderr.write(f"{said}\n")


@contextmanager
def progress(of: int) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; nothing elsewhere, and nothing for a single submission."""
    if of < 2 or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # no thread and nothing replaced: the processes that grade are forked while it is there
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task("grading", total=of)
        yield lambda done, of: bar.update(task, completed=done, total=of, refresh=True)
