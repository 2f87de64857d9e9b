"""Linear regression: a rate that is too small, one that is right, and one that is too large."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

import graphc as gc
from graphc.learn.plots.plot import Plot
from graphc.learn.plots.style import BLUE, GREEN, ORANGE, QUIET, drawn

START = (-1.0, 1.5)  # of a and b
RATES = {0.01: ("too small", BLUE), 0.3: ("right", GREEN), 1.03: ("too large", ORANGE)}
STEPS = 35


@dataclass
class Path(gc.Callback):
    """Where the two parameters were, step by step."""

    places: list[tuple[float, float]] = field(default_factory=lambda: [START])

    def after_epoch(self, run: Any) -> None:
        self.places.append((float(run.step.params["a"]), float(run.step.params["b"])))


def learn(rate: float, x: np.ndarray, y: np.ndarray) -> tuple[list[float], np.ndarray]:
    """The loss before each step and after the last, and the way of a and b."""
    model = gc.Model.from_net("linear")
    model.compile(gc.GD(rate), dtype="float64")
    model.values["a"][...], model.values["b"][...] = START
    path = Path()
    losses = model.fit(x, y, epochs=STEPS, batch_size=len(x), callbacks=[path], verbose=False)["loss"]
    return [*losses, model.evaluate(x, y)["loss"]], np.array(path.places)


def build() -> tuple[dict[str, Any], list[Plot]]:
    data = gc.load_data("line:rows=60,noise=0.2")
    x, y = data.inputs["x"][:, 0], data.targets["t"].values[:, 0]
    found = {rate: learn(rate, x, y) for rate in RATES}
    least_squares = np.polyfit(x, y, 1)

    def paint(figure: Any) -> None:
        left, middle, right = figure.subplots(1, 3)
        contours(middle, x, y)
        right.scatter(x, y, s=14, color=QUIET, alpha=0.5, linewidths=0, label="data")
        along = np.array([-1.05, 1.05])
        for rate, (losses, path) in found.items():
            said, colour = RATES[rate]
            a, b = path[-1]
            left.plot(losses, color=colour, label=f"η = {rate:g}, {said}")
            middle.plot(*path.T, color=colour, marker="o", markersize=2.5, linewidth=1)
            right.plot(along, a * along + b, color=colour, label=f"{a:.2f}x {'-' if b < 0 else '+'} {abs(b):.2f}")
        left.set(xlabel="step of gradient descent", ylabel="loss J", yscale="log", title="The loss, step by step")
        middle.set(xlabel="slope a", ylabel="offset b", title="The way of a and b over J")
        right.set(xlabel="x", ylabel="y", title=f"The line after {STEPS} steps")
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        right.legend(fontsize=8.5)

    facts = {
        "loss": {str(rate): [losses[0], losses[-1]] for rate, (losses, _) in found.items()},
        "line": {str(rate): path[-1].tolist() for rate, (_, path) in found.items()},
        "least squares": least_squares.tolist(),
    }
    return facts, [drawn("gallery-rates", 11.4, 3.9, paint)]


def contours(axes: Any, x: np.ndarray, y: np.ndarray) -> None:
    """J of every a and b, by the compiled formula of the model."""
    net = gc.load("linear")
    loss = gc.compile(net.loss, arguments=[*net.inputs, *net.params])
    a, b = np.linspace(-2.2, 4.2, 60), np.linspace(-3.6, 5.6, 60)
    values = [[loss(x=x, y=y, a=a_, b=b_) for a_ in a] for b_ in b]
    axes.contour(a, b, values, levels=np.geomspace(0.08, 30, 12), colors=QUIET, linewidths=0.6, alpha=0.6)
    axes.grid(False)
