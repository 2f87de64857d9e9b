"""A browser for the tests that need one: skipped where there is none, unless it must be there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from chromium import Browser, chromium, program


@pytest.fixture
def browser() -> Iterator[Browser]:
    if program() is None:
        if os.environ.get("GRAPHC_NEEDS_BROWSER"):
            pytest.fail("no Chromium is installed, and GRAPHC_NEEDS_BROWSER says that there must be one")
        pytest.skip("no Chromium is installed; on Debian: apt install chromium")
    with chromium() as running:
        yield running
