"""docs/errata.md and its derivations. Run as a program it writes what the tool says today into the page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from graphc.judge.check import check
from graphc.judge.report import Report
from graphc.language.expression import Source
from graphc.present.checked import checked_lines

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "errata.md"
FILES = tuple(sorted((DOCS / "errata").glob("*.deriv")))
BLOCK = re.compile(r"<!-- check (?P<file>[\w/.-]+) -->\n+```text\n(?P<body>.*?)```\n", re.DOTALL)


@cache
def report(file: str) -> Report:
    """What is found in a file of the page."""
    return check(Source(file, (DOCS / file).read_text("utf-8")))


def said(file: str) -> str:
    """What `graphc check` prints of it."""
    lines = ("".join(piece.text for piece in line).rstrip() for line in checked_lines(report(file)))
    return "\n".join(lines).strip("\n") + "\n"


def shown(page: str) -> dict[str, str]:
    """Each file of which the page shows what the tool says, with what it shows."""
    return {block["file"]: block["body"] for block in BLOCK.finditer(page)}


def refreshed(page: str) -> str:
    """The page with what the tool says today."""
    return BLOCK.sub(lambda b: f"<!-- check {b['file']} -->\n\n```text\n{said(b['file'])}```\n", page)


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text("utf-8")), "utf-8")
