"""The page on the lectures' slips says what the tool says, and speaks of every derivation beside it."""

from __future__ import annotations

import pytest
from errata_page import DOCS, FILES, PAGE, report, said, shown

TEXT = PAGE.read_text("utf-8")
SHOWN = shown(TEXT)


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_a_slip_is_shown_as_the_tool_reports_it(name: str) -> None:
    assert report(name).verdict == "wrong"
    assert said(name) == SHOWN[name]


@pytest.mark.parametrize("path", [p for p in FILES if f"errata/{p.name}" not in SHOWN], ids=lambda path: path.name)
def test_what_is_said_to_hold_holds(path) -> None:
    assert f"({path.relative_to(DOCS)})" in TEXT
    assert report(str(path.relative_to(DOCS))).verdict == "correct"


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_a_slip_has_a_place_where_it_shows_and_a_repair(name: str) -> None:
    line = report(name).first_false
    assert line is not None
    assert line.repair is not None
    assert line.witness is not None or line.note
