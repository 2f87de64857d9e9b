"""Grade a folder again whenever something in it is saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import sleep

PAUSE = 0.3  # seconds between looks
State = dict[str, tuple[int, int]]


def changes(folder: Path, pause: float = PAUSE) -> Iterator[None]:
    """One now, then one after each time that a file was saved, made or removed."""
    before: State | None = None
    while True:
        now = state(folder)
        if now != before:
            before = now
            yield
        else:
            sleep(pause)


def state(folder: Path) -> State:
    """When each file was last written, and how long it is; what an editor hides does not count."""
    found: State = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith((".", "#")) and not entry.name.endswith("~") and entry.is_file():
                    about = entry.stat()
                    found[entry.name] = (about.st_mtime_ns, about.st_size)
    except OSError:  # the folder is being replaced: it is looked at again
        return found
    return found
