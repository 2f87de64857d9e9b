"""The ledger as one process that grades sees it. Where it can no longer be used, grading goes on without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ..result import CheckResult, Mark
from .ledger import Ledger, LedgerError

UNSETTLED = ("timeout", "undecided")  # what another day, on a machine with less to do, may be otherwise
Tell = Callable[[str], None]


class Records:
    """`again`: what is unsettled counts as not known. `tell` is told when nothing is kept any longer, and why."""

    def __init__(self, file: Path | None, exercise: str, again: bool = False, tell: Tell = lambda said: None) -> None:
        self._exercise, self._but, self._tell = exercise, UNSETTLED if again else (), tell
        self._ledger: Ledger | None = None
        if file is not None:
            try:
                self._ledger = Ledger(file)
            except LedgerError as error:
                self._lose(error)

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *error: object) -> None:
        if self._ledger is not None:
            self._ledger.close()

    def known(self, keys: Mapping[str, str]) -> dict[str, CheckResult]:
        """The results that are there already."""
        if self._ledger is not None:
            try:
                return self._ledger.known(keys, self._but)
            except LedgerError as error:
                self._lose(error)
        return {}

    def keep(self, state: str, mark: Mark, keys: Mapping[str, str]) -> Mark | None:
        """Keep a mark and its results, where there are any; the mark that was given in another state before."""
        if self._ledger is None:
            return None
        try:
            before = self._ledger.before(self._exercise, mark.id, state)
            if keys:
                self._ledger.add(self._exercise, state, mark, keys)
            return before
        except LedgerError as error:
            self._lose(error)
            return None

    def _lose(self, error: LedgerError) -> None:
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = None
        self._tell(f"marks are kept no longer: {error.message}")
