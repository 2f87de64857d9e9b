"""What the pages draw is drawn in tests of its own, and what they grade is kept in a folder of the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from unpainted import unpainted

__all__ = ["own_state", "unpainted"]


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
