"""What a network says along one input: a curve through the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..metrics import CLASSES, NUMBERS, YES_NO, Answer
from .plane import spread
from .plot import Plot
from .scene import Scene
from .style import BLUE, INK, ORANGE, QUIET, colour, drawn, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..data.feed import Feed

ALONG = 400  # points of the curve
MOST_CURVES = 10


@dataclass(frozen=True)
class Line:
    """The curve, a column for each of its outputs, and some examples with what they are."""

    along: np.ndarray
    said: np.ndarray
    learnt: tuple[np.ndarray, np.ndarray]
    held_out: tuple[np.ndarray, np.ndarray] | None
    label: str
    target: str


def line_of(scene: Scene, answer: Answer) -> Line | None:
    """What is to be drawn, where an example is one number."""
    if not scene.numeric or sum(scene.width(leaf) for leaf in scene.features) != 1 or answer.masks:
        return None
    along = spread(np.concatenate([scene.points(feed)[:, 0] for feed in (scene.learnt, scene.held_out) if feed]), ALONG)
    said = scene.values([answer.output], scene.inputs(along[:, None]))[0].reshape(ALONG, -1)
    if said.shape[1] > MOST_CURVES:
        return None
    held_out = None if scene.held_out is None else _dotted(scene, answer, scene.held_out)
    return Line(along, said, _dotted(scene, answer, scene.learnt), held_out, scene.labels[0], scene.title(answer))


def _dotted(scene: Scene, answer: Answer, feed: Feed) -> tuple[np.ndarray, np.ndarray]:
    points, wanted = scene.examples(answer, feed)
    return points[:, 0], wanted


def line_plot(scene: Scene, answer: Answer, name: str) -> Plot | None:
    line = line_of(scene, answer)
    if line is None:
        return None
    return drawn(name, 5.2, 3.6, lambda figure: paint(figure.subplots(), line, answer))


def paint(axes: Axes, line: Line, answer: Answer) -> None:
    """The examples as dots, and the curve over them; of several classes the curve of each and no dots."""
    if answer.kind == CLASSES:
        names = answer.classes if len(answer.classes) == line.said.shape[1] else map(str, range(line.said.shape[1]))
        for k, name in enumerate(names):
            axes.plot(line.along, line.said[:, k], color=colour(k), label=plain(name))
    else:
        parts = [(line.learnt, BLUE, "learnt from"), (line.held_out, ORANGE, "held out")]
        for part, dots, label in parts:
            if part is not None:
                for k in range(part[1].shape[1]):
                    axes.scatter(
                        part[0],
                        part[1][:, k],
                        s=14,
                        color=dots,
                        alpha=0.6,
                        linewidths=0,
                        label=label if not k else None,
                    )
        axes.plot(
            line.along, line.said, color=INK, label=[f"output {answer.output}"] + [None] * (line.said.shape[1] - 1)
        )
        if answer.kind == YES_NO:
            axes.axhline(answer.threshold, color=QUIET, linewidth=1, linestyle=":")
    axes.set(xlabel=line.label, ylabel=line.target if answer.kind == NUMBERS else f"output {answer.output}")
    axes.legend()
