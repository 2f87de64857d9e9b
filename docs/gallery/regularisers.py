"""A net that learns its examples by heart, and five ways to keep it from that."""

from __future__ import annotations

from typing import Any

import numpy as np
import planes

import graphc as gc
from graphc.learn.plots.plot import Plot
from graphc.learn.plots.style import COLOURS, INK, drawn

DATA, EPOCHS = "moons:rows=60,noise=0.35,seed=1", 300
ALONE = "Nothing against it"
# how it is built, compiled and fitted otherwise
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    ALONE: ({}, {}, {}),
    "L1: 0.001 Σ|w|": ({}, {"regularisers": [gc.L1(0.001)]}, {}),
    "L2: 0.003 Σw²": ({}, {"regularisers": [gc.L2(0.003)]}, {}),
    "Dropout: 70 % of each layer": ({"dropout": 0.7}, {}, {}),
    "Early stopping, patience 20": ({}, {}, {"callbacks": lambda: [gc.EarlyStopping("val_loss", 20)]}),
    "Augmentation: turned, shifted, scaled": ({}, {}, {"augment": [gc.Rotate(20), gc.Shift(0.1), gc.Scale(0.2)]}),
}


def build() -> tuple[dict[str, Any], list[Plot]]:
    data = gc.load_data(DATA)
    found = {}
    for title, (built, compiled, fitted) in WAYS.items():
        model = planes.net(64, 64, **built)
        model.compile(gc.Adam(0.01), loss="binary_cross_entropy", seed=3, **compiled)
        how = {key: value() if callable(value) else value for key, value in fitted.items()}
        history = model.fit(data, epochs=EPOCHS, validation_data=data.held_out, verbose=False, **how)
        found[title] = (model, history)

    def boundaries(figure: Any) -> None:
        for axes, (title, (model, _)) in zip(figure.subplots(2, 3).flat, found.items(), strict=True):
            planes.paint(axes, model, data, title)

    def losses(figure: Any) -> None:
        axes = figure.subplots()
        for colour, (title, (_, history)) in zip((INK, *COLOURS), found.items(), strict=False):
            axes.plot(history["epoch"], history["val_loss"], color=colour, label=title, linewidth=1.4)
            if len(history) < EPOCHS:
                axes.plot(len(history), history["val_loss"][-1], "o", color=colour, markersize=9, mec="white", zorder=5)
        axes.set(xlabel="epoch", ylabel="loss of what was held out", ylim=(0.2, 1.3))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))

    facts = {
        title: {
            "accuracy": planes.accuracies(model, data),
            "loss": model.evaluate(data)["loss"],
            "held-out loss": model.evaluate(data.held_out)["loss"],
            "epochs": len(history),
            "sum of |w|": float(sum(np.abs(array).sum() for array in model.values.values())),
        }
        for title, (model, history) in found.items()
    }
    return facts, [
        drawn("gallery-regularisation", 11.0, 6.4, boundaries),
        drawn("gallery-regularisation-loss", 8.6, 3.8, losses),
    ]
