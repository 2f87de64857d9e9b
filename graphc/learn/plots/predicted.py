"""Numbers: what was predicted against what was true. Right answers are on the diagonal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..metrics import NUMBERS, Answer
from .plot import Plot
from .scene import Scene
from .style import BLUE, INK, QUIET, colour, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DOTS = 2000
COLOURED = 6  # numbers of an answer that each have a colour


def predicted_plot(scene: Scene, answer: Answer, name: str) -> Plot | None:
    """Of an answer that is one number, or several side by side."""
    if answer.kind != NUMBERS or answer.masks:
        return None
    predicted, true = scene.answered(answer, scene.shown)
    if predicted.shape != true.shape:
        return None
    said, wanted = (np.asarray(array, np.float64).reshape(len(array), -1)[:DOTS] for array in (predicted, true))
    sound = np.isfinite(said).all(axis=1)
    if not sound.any():
        return None
    said, wanted = said[sound], wanted[sound]
    return drawn(name, 4.4, 4.2, lambda figure: paint(figure.subplots(), said, wanted, scene.title(answer), scene.part))


def paint(axes: Axes, said: np.ndarray, wanted: np.ndarray, target: str, part: str) -> None:
    low, high = min(said.min(), wanted.min()), max(said.max(), wanted.max())
    beside = 0.04 * (high - low) or 0.5
    edges = (low - beside, high + beside)
    axes.plot(edges, edges, color=QUIET, linewidth=1, linestyle="--", zorder=1)
    width = said.shape[1]
    told = 1 < width <= COLOURED
    for k in range(width):
        shade, label = (colour(k), f"{target}, number {k + 1}") if told else (BLUE, None)
        axes.scatter(wanted[:, k], said[:, k], s=13, color=shade, alpha=0.55, linewidths=0, label=label)
    if told:
        axes.legend()
    error = float(np.sqrt(((said - wanted) ** 2).mean()))
    axes.set_title(f"{len(said):,} {part}: off by {error:.3g} (root mean square)", color=INK)
    axes.set(xlabel=f"true {target}", ylabel=f"predicted {target}", xlim=edges, ylim=edges)
    axes.set_aspect("equal")
