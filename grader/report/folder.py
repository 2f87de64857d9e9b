"""A folder of reports: the class's page and one for each student, to be handed out one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..result import Grading
from .page import page, student_page

LONGEST = 200  # bytes; 255 is what file systems take
UNSAFE = re.compile(r"[^\w.()+,=@-]")


def pages(grading: Grading) -> Iterator[tuple[str, Iterator[str]]]:
    """File names and the pieces of what they hold; no two are alike, whatever the submissions are called."""
    yield "index.html", page(grading)
    taken = {"index"}
    for mark in grading.marks:
        name = wanted = _plain(mark.id) or "submission"
        number = 2
        while name.lower() in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name.lower())
        yield f"{name}.html", student_page(grading, mark)


def write(grading: Grading, folder: Path) -> None:
    """All pages into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages(grading):
        with (folder / name).open("w", encoding="utf-8") as file:
            file.writelines(content)


def _plain(id: str) -> str:
    """As the name of a file: short enough for all, and no option, hidden or a folder."""
    return UNSAFE.sub("_", id).encode()[:LONGEST].decode(errors="ignore").strip(".").removeprefix("-")
