"""The spiral challenge: too small a net, the right one, and a large one that learns few noisy points by heart."""

from __future__ import annotations

from typing import Any

import planes

import graphc as gc
from graphc.learn.plots.plot import Plot
from graphc.learn.plots.style import drawn

# what the picture calls it: the hidden layers, the data, the epochs, the seed
NETS = {
    "Underfitting: 2-3-1": ((3,), "spiral", 300, 0),
    "Fitting: 2-5-5-1": ((5, 5), "spiral", 300, 0),
    "Overfitting: 2-64-64-1, 60 noisy points": ((64, 64), "spiral:rows=60,noise=0.3", 400, 0),
}


def build() -> tuple[dict[str, Any], list[Plot]]:
    learnt = {}
    for title, (widths, name, epochs, seed) in NETS.items():
        data, model = gc.load_data(name), planes.net(*widths)
        model.compile(gc.Adam(0.01), loss="binary_cross_entropy", seed=seed)
        model.fit(data, epochs=epochs, batch_size=32, verbose=False)
        learnt[title] = (model, data)

    def paint(figure: Any) -> None:
        row = figure.subplots(1, len(learnt))
        for axes, (title, (model, data)) in zip(row, learnt.items(), strict=True):
            planes.paint(axes, model, data, title)
        planes.framed_alike(row)

    facts = {title.partition(":")[0]: planes.accuracies(model, data) for title, (model, data) in learnt.items()}
    return facts, [drawn("gallery-spiral", 11.4, 3.7, paint)]
