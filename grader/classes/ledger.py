"""What has been graded, in one SQLite file: each result at once, so that nothing is lost whenever it ends."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import graphc as gc

from ..result import CheckResult, Mark
from .written import check_of, check_text, mark_of, mark_text

FORM = 1  # of the tables
TABLES = """
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (
  exercise TEXT, id TEXT, state TEXT, at REAL, mark TEXT NOT NULL, PRIMARY KEY (exercise, id, state)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seeds (exercise TEXT PRIMARY KEY, seed INTEGER NOT NULL) WITHOUT ROWID;
"""


class LedgerError(gc.GraphcError):
    """A file that is no ledger, or that cannot be written."""


def usual_place() -> Path:
    """Where the ledger is if nobody says otherwise."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "graphc" / "grades.sqlite"


class Ledger:
    """Results by their keys; marks by exercise and submission, for comparing with later ones; a seed an exercise."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with self._readable():
            file.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):  # one that is there is not opened: closing it would end SQLite's locks
                os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))  # it holds seeds that are secret
            self._tables = sqlite3.connect(file, timeout=30, isolation_level=None)
            self._tables.execute("PRAGMA journal_mode = WAL")
            self._tables.execute("PRAGMA synchronous = NORMAL")
            (form,) = self._tables.execute("PRAGMA user_version").fetchone()
            if form not in (0, FORM):
                raise LedgerError(f"{file} was written by another version of graphc", "name another file with --ledger")
            self._tables.executescript(TABLES)
            self._tables.execute(f"PRAGMA user_version = {FORM}")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._tables.close()

    # -- results

    def known(self, keys: Mapping[str, str], but: Collection[str] = ()) -> dict[str, CheckResult]:
        """The results that are there, of checks by name with their keys, `but` not those with such a status."""
        with self._readable():
            rows = {name: self._one("SELECT result FROM results WHERE key = ?", key) for name, key in keys.items()}
            found = {name: check_of(json.loads(row[0])) for name, row in rows.items() if row is not None}
        return {name: check for name, check in found.items() if check.status not in but}

    def add(self, exercise: str, state: str, mark: Mark, keys: Mapping[str, str]) -> None:
        """A mark with its results, all or nothing."""
        with self._readable():
            rows = [(keys[check.name], check_text(check)) for check in mark.checks if check.name in keys]
            entry = (exercise, mark.id, state, time.time(), mark_text(mark))
            with self._tables:  # undone where it cannot be done
                self._tables.execute("BEGIN IMMEDIATE")
                self._tables.executemany("INSERT OR REPLACE INTO results VALUES (?, ?)", rows)
                self._tables.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?, ?)", entry)

    # -- marks

    def before(self, exercise: str, id: str, state: str) -> Mark | None:
        """The last mark of this submission that was given in another state of it or of the exercise."""
        with self._readable():
            order = "SELECT mark FROM marks WHERE exercise = ? AND id = ? AND state != ? ORDER BY at DESC LIMIT 1"
            row = self._one(order, exercise, id, state)
            return None if row is None else mark_of(json.loads(row[0]))

    # -- seeds

    def seed(self, exercise: str, fresh: int) -> int:
        """The seed of an exercise: the one it was graded with before, else this one from now on."""
        with self._readable():
            self._tables.execute("INSERT OR IGNORE INTO seeds VALUES (?, ?)", (exercise, fresh))
            row = self._one("SELECT seed FROM seeds WHERE exercise = ?", exercise)
        assert row is not None
        return int(row[0])

    def _one(self, order: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._tables.execute(order, values).fetchone()
        return found

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"the ledger {self.file} cannot be used: {error}", "name another with --ledger") from None
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            said = f"the ledger {self.file} cannot be used: an entry in it is broken"
            raise LedgerError(said, "name another with --ledger") from None
