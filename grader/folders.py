"""Folders for as long as they are used. Those that a killed process has left are removed by the next one.

Who uses a folder holds a lock on it, which ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

PREFIX = "graphc-grading-"


class Folder:
    """A new folder, empty, that nobody else uses; `close` removes it."""

    def __init__(self) -> None:
        remove_left(Path(tempfile.gettempdir()))
        self.path, self._held = _made()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._held)


def _made() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX)
        if path.exists():  # else one that removes what was left came in between
            return path, held
        os.close(held)


@cache  # once a process
def remove_left(below: Path) -> None:
    """Every such folder of this user that no process holds any more."""
    for path in below.glob(f"{PREFIX}*"):
        with suppress(OSError):
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(held).st_uid == os.geteuid():
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(held)
