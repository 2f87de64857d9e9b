"""A convolutional net on digits: its filters, its maps of one digit, and which digits it takes for which.

They are the plots of a run as `graphc train` draws them.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from typing import Any

from graphc.learn.plan import Plan
from graphc.learn.plots.drawing import plots_of
from graphc.learn.plots.plot import Plot
from graphc.learn.train import train
from graphc.models import path

SHOWN = ("filters", "feature-maps", "confusion")


def build() -> tuple[dict[str, Any], list[Plot]]:
    file = path("lenet5")
    assert file is not None
    with tempfile.TemporaryDirectory() as folder:
        trained = train(file.read_text("utf-8"), "lenet5", Plan("lenet5", "digits", epochs=6, lr=0.002), folder)
    found = plots_of(trained)
    return dict(trained.metrics), [replace(found[name], name=f"gallery-{name}") for name in SHOWN]
