"""Links between pages lead somewhere: to a file that is there, and to a heading in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from fenced import FENCE

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


@cache
def headings(page: Path) -> set[str]:
    """The anchors of a page, as they are made of its headings."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead(page: Path) -> list[str]:
    found = []
    for file, anchor in LINK.findall(CODE.sub("", prose(page))):
        target = page.parent / file if file else page
        if not target.exists():
            found.append(f"{file} is not there")
        elif anchor and anchor not in headings(target):
            found.append(f"{target.name} has no heading #{anchor}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    assert dead(page) == []


def test_links_that_lead_nowhere_are_noticed(tmp_path):
    (tmp_path / "other.md").write_text("# A title, with `code`\n")
    page = tmp_path / "page.md"
    page.write_text("[a](other.md) [b](other.md#a-title-with-code) [c](other.md#b) [d](none.md) [e](https://a.b)\n")
    assert dead(page) == ["other.md has no heading #b", "none.md is not there"]
