"""The activations and their derivatives: both come from compiled programs, and no derivative is written here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import graphc as gc
from graphc.learn.plots.plot import Plot
from graphc.learn.plots.style import BLUE, FAINT, ORANGE, QUIET, drawn

REACH, FLAT = 6.0, 0.02  # from -REACH to REACH; a slope that is smaller learns next to nothing

z = gc.input("z", ("n",))
row = gc.input("z", ("n", 2))  # softmax is of a row: here of (z, 0)
FUNCTIONS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "step": (z, gc.step),
    "linear": (z, lambda z: 1 * z),
    "sigmoid σ": (z, gc.sigma),
    "tanh": (z, gc.tanh),
    "relu": (z, gc.relu),
    "leaky relu, slope 0.1": (z, lambda z: gc.leaky_relu(z, 0.1)),
    "PReLU, its slope 0.25 learnt": (z, lambda z: gc.max(0.25 * z, z)),
    "softmax of (z, 0), first part": (row, lambda z: gc.softmax(z)[:, 0]),
}


def values(leaf: Any, function: Callable[[Any], Any], along: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h and h′ at these places."""
    h = function(leaf)
    program = gc.compile([h, gc.grad(gc.sum(h), leaf)])
    h_values, slopes = program(z=along if leaf is z else np.stack([along, 0 * along], axis=1))
    return h_values, slopes if leaf is z else slopes[:, 0]


def build() -> tuple[dict[str, Any], list[Plot]]:
    along = np.linspace(-REACH, REACH, 601)
    found = {title: values(leaf, function, along) for title, (leaf, function) in FUNCTIONS.items()}

    def paint(figure: Any) -> None:
        for axes, (title, (h, slope)) in zip(figure.subplots(2, 4, sharex=True).flat, found.items(), strict=True):
            flat = np.abs(slope) < FLAT
            axes.fill_between(along, 0, 1, where=flat, transform=axes.get_xaxis_transform(), color=FAINT, linewidth=0)
            for values_, colour in ((h, BLUE), (slope, ORANGE)):
                jump = np.abs(np.diff(values_, append=values_[-1])) > 0.3
                axes.plot(along, np.where(jump, np.nan, values_), color=colour)
            axes.axhline(0, color=QUIET, linewidth=0.8, zorder=1)
            axes.set(title=title, ylim=(-1.35, 1.65), xlim=(-REACH, REACH), xticks=[-5, 0, 5])
        for axes in figure.axes[4:]:
            axes.set_xlabel("z")
        handles = [axes.plot([], [], color=BLUE)[0], axes.plot([], [], color=ORANGE)[0]]
        handles.append(axes.fill_between([], [], [], color=FAINT))
        labels = ["h(z)", "h′(z), derived", f"saturated: |h′| < {FLAT}"]
        figure.legend(handles, labels, loc="outside lower center", ncols=3)

    facts = {
        title: {
            "slope at 0.5": float(np.interp(0.5, along, slope)),
            "value at 0.5": float(np.interp(0.5, along, h)),
            "saturated": float((np.abs(slope) < FLAT).mean()),
        }
        for title, (h, slope) in found.items()
    }
    return facts, [drawn("gallery-activations", 10.4, 5.0, paint)]
