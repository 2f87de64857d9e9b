"""Workers of this machine for tests, and submissions that compute something simple."""

from __future__ import annotations

import os

import pytest

from grader.sandbox import Layers, probe


def layers_or_skip(*without: str) -> Layers:
    """What this machine isolates with. Where nothing does, a test is skipped, or fails if the environment says so."""
    layers = probe(without)
    if not layers.isolates:
        reason = "; ".join(f"{missing.layer}: {missing.why}" for missing in layers.missing)
        if os.environ.get("GRAPHC_NEEDS_SANDBOX"):
            pytest.fail(f"nothing isolates here, and GRAPHC_NEEDS_SANDBOX says that something must: {reason}")
        pytest.skip(f"nothing isolates here: {reason}")
    return layers
