"""The rules that derivations are written by, and the page made from them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from graphc.calculus.rules import STABLE
from graphc.derivation.table import GROUPS, RULES, page

ROOT = Path(__file__).parents[2]


def test_the_page_of_rules_is_what_the_table_says() -> None:
    written = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert written == page(), "run `python -m graphc.derivation.table > docs/rules.md`"


def test_no_two_rules_have_one_name() -> None:
    names = Counter(row.name for rows in GROUPS.values() for row in rows)
    assert [name for name, times in names.items() if times > 1] == []


def test_every_rule_says_why_in_one_sentence() -> None:
    for row in RULES.values():
        assert row.why.endswith((".", "?")), row
        assert ". " not in row.why, row
        assert row.title, row
        assert row.equation, row


def test_the_rules_that_make_programs_safe_are_rows_too() -> None:
    assert {rule.name for rule in STABLE} <= set(RULES)
