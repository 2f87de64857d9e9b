"""A folder of reports: the class's page and one for each student, to be handed out one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..result import Grading
from .page import page, student_page

UNSAFE = re.compile(r"[^\w.()+,=@-]")


def pages(grading: Grading) -> Iterator[tuple[str, str]]:
    """File names and what they hold; no two are alike, whatever the submissions are called."""
    yield "index.html", page(grading)
    taken = {"index"}
    for mark in grading.marks:
        name = wanted = UNSAFE.sub("_", mark.id).strip(".")[:200] or "submission"
        number = 2
        while name.lower() in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name.lower())
        yield f"{name}.html", student_page(grading, mark)


def write(grading: Grading, folder: Path) -> None:
    """All pages into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages(grading):
        (folder / name).write_text(content, encoding="utf-8")
