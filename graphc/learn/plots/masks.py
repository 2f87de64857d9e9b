"""Masks: some images, what is to be found in them, and what was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..metrics import YES_NO, Answer, Dice
from .plot import Plot
from .scene import Scene
from .style import ORANGE, amounts, bare, drawn, finite

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 4  # images


def masks_plot(scene: Scene, answer: Answer, name: str) -> Plot | None:
    """Of an answer that says yes or no of every pixel of an image."""
    image = next((leaf for leaf in scene.features if leaf.rank > 2), None)
    if not answer.masks or answer.kind != YES_NO or image is None:
        return None
    some = scene.shown.take(slice(0, SHOWN))
    output, target = scene.answered(answer, some)
    images = some.arrays()[str(image.name)]
    if images.shape[-2:] != output.shape[-2:] or output.shape[-2:] != target.shape[-2:]:
        return None
    flat, said, right = (array.reshape(len(some), -1, *array.shape[-2:])[:, 0] for array in (images, output, target))
    shares = [_dice(answer, a, b) for a, b in zip(said, right, strict=True)]

    def paint(figure: Figure) -> None:
        for column, (axes, share) in enumerate(zip(np.atleast_1d(figure.subplots(1, len(some))), shares, strict=True)):
            axes.imshow(finite(flat[column]), cmap=amounts())
            axes.contour(right[column] > answer.middle, levels=[0.5], colors="black", linewidths=1.2, linestyles="--")
            axes.contour(said[column] > answer.threshold, levels=[0.5], colors=ORANGE, linewidths=2)
            axes.set_title(f"Dice {share:.2f}", fontsize=9)
            bare(axes)
        lines = [axes.plot([], [], color="black", linestyle="--")[0], axes.plot([], [], color=ORANGE)[0]]
        figure.legend(lines, ["right", "predicted"], loc="outside lower center", ncols=2)

    return drawn(name, 2.4 * len(some), 3.0, paint)


def _dice(answer: Answer, said: np.ndarray, right: np.ndarray) -> float:
    found = Dice(answer)
    found.add(said, right)
    return found.value()
