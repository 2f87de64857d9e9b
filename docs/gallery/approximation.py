"""One hidden layer comes as close to a function as one likes, if it has neurons enough."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np

import graphc as gc
from graphc.learn.plan import Plan
from graphc.learn.plots.plot import Plot
from graphc.learn.plots.style import BLUE, INK, ORANGE, drawn
from graphc.learn.train import train
from graphc.models import path

NEURONS, SHOWN = (1, 2, 4, 8, 16), (2, 4, 16)
STARTS, EPOCHS = 2, 2000


def fitted(neurons: int) -> tuple[float, gc.Model]:
    """The best of some starts, for a single one may be unlucky, and its error on points held out."""
    file = path("approximate")
    assert file is not None
    found = []
    for seed in range(STARTS):
        plan = Plan(
            "approximate", "wave", f"m={neurons}", EPOCHS, batch_size=200, lr=0.05, schedule="cosine", seed=seed,
            validation=0.0, metrics="",
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            trained = train(file.read_text("utf-8"), "approximate", plan, folder)
            found.append((trained.metrics["loss"], gc.load_model(folder)))
    _, best = min(found, key=lambda one: one[0])
    return best.evaluate(gc.load_data("wave").held_out)["loss"], best


def build() -> tuple[dict[str, Any], list[Plot]]:
    found = {neurons: fitted(neurons) for neurons in NEURONS}
    along = np.linspace(-1, 1, 400)

    def paint(figure: Any) -> None:
        panels = figure.subplots(1, 1 + len(SHOWN))
        errors = [error for error, _ in found.values()]
        panels[0].plot(NEURONS, errors, color=BLUE, marker="o", markersize=5)
        panels[0].set_xscale("log", base=2)
        panels[0].set(xlabel="hidden neurons m", ylabel="mean squared error", yscale="log", title="The error falls")
        panels[0].set_xticks(NEURONS, [str(neurons) for neurons in NEURONS])
        for axes, neurons in zip(panels[1:], SHOWN, strict=True):
            axes.plot(along, np.sin(2 * np.pi * along), color=INK, linewidth=1, linestyle="--", label="the function")
            axes.plot(along, found[neurons][1].predict(along), color=ORANGE, label="the network")
            axes.set(title=f"m = {neurons}", xlabel="x", ylim=(-1.5, 1.5))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)

    return {str(m): error for m, (error, _) in found.items()}, [drawn("gallery-approximation", 11.4, 3.4, paint)]
