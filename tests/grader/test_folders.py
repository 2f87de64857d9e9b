"""Folders last as long as those who use them, also where these are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader import folders
from grader.folders import Folder

HOLDS = "from grader.folders import Folder; held = Folder(); print(held.path, flush=True); input()"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folders.remove_left.cache_clear()
    yield tmp_path
    folders.remove_left.cache_clear()


def test_a_folder_is_new_and_empty_and_gone_when_it_is_closed(temporary):
    with Folder() as one, Folder() as other:
        (one / "a").mkdir()
        (one / "a" / "b.txt").write_text("b")
        assert one != other
        assert not list(other.iterdir())
    assert not list(temporary.iterdir())


def holding(below: Path) -> subprocess.Popen[str]:
    """A process that has such a folder, and says which."""
    command, environment = [sys.executable, "-c", HOLDS], {**os.environ, "TMPDIR": str(below)}
    return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_what_a_killed_process_has_left_is_removed_by_the_next_and_nothing_else_is(temporary):
    strange = temporary / "graphc-tour"
    strange.mkdir()
    with holding(temporary) as dies, holding(temporary) as lives:
        assert dies.stdout
        assert lives.stdout
        left, used = (Path(output.readline().strip()) for output in (dies.stdout, lives.stdout))
        dies.send_signal(signal.SIGKILL)
        dies.wait()
        with Folder() as mine:
            assert set(temporary.iterdir()) == {strange, mine, used}
        assert not left.exists()
        lives.kill()
