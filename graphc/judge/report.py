"""What `graphc check` finds: a status for every line, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .equal import Status, Witness

Outcome = Literal["correct", "wrong", "undecided"]


@dataclass(frozen=True)
class Explanation:
    """What is said of a false line: the rule probably meant, a repair, the assumption that would save it.

    `sentence` says of the rule what was done instead.
    """

    rule: str | None = None
    repair: str | None = None
    saving: str | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a show, compared with the one before it. `conditions` are the assumptions that it needs."""

    line: int
    text: str
    status: Status
    method: str = ""
    note: str = ""
    rule: str | None = None
    witness: Witness | None = None
    repair: str | None = None
    saving: str | None = None
    conditions: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        witness = self.witness
        return {
            "line": self.line,
            "text": self.text,
            "status": self.status,
            "method": self.method,
            "note": self.note,
            "rule": self.rule,
            "witness": None
            if witness is None
            else {"at": witness.at, "before": witness.before, "after": witness.after},
            "repair": self.repair,
            "saving": self.saving,
            "conditions": list(self.conditions),
        }


@dataclass(frozen=True)
class Report:
    """All lines of a file, in order; the first line of each show has nothing before it and is true."""

    file: str
    lines: tuple[Line, ...]

    @property
    def verdict(self) -> Outcome:
        found = {line.status for line in self.lines}
        return "wrong" if "false" in found else "undecided" if "undecided" in found else "correct"

    @property
    def first_false(self) -> Line | None:
        return next((line for line in self.lines if line.status == "false"), None)

    def json(self) -> dict[str, Any]:
        """The form `graphc/check/1`."""
        return {
            "schema": "graphc/check/1",
            "verdict": self.verdict,
            "lines": [line.json() for line in self.lines],
        }
