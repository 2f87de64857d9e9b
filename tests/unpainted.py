"""For tests that train and look at something else than plots: all is computed, but no picture is painted."""

from __future__ import annotations

import pytest

from graphc.learn.plots.plot import Plot


@pytest.fixture(autouse=True)
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plot, "content", lambda plot, ending="png", dots=0: b"")
