"""Images, and what a network that learns to draw them again makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model_compared import compared
from .plot import Plot
from .scene import Scene
from .style import amounts, bare, drawn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 8  # images


def reconstructions_plot(scene: Scene) -> Plot | None:
    """Where the loss compares an output with an input that it was made from, and that is an image."""
    pairs = [(one.output, one.target) for one in compared(scene.network) if one.target in scene.features]
    named = {output.name for output in scene.network.outputs}
    for output, image in pairs:
        column = scene.shown.columns[str(image.name)]
        picture = column.picture[-2:] if len(column.picture) > 1 else ()
        if output.name in named and output.extents == image.extents and picture:
            return _drawn(scene, str(output.name), str(image.name), picture)
    return None


def _drawn(scene: Scene, output: str, image: str, picture: tuple[int, ...]) -> Plot:
    given = scene.shown.take(slice(0, SHOWN)).arrays()
    pair = (given[image], *scene.values([output], given))
    rows = [array.reshape(len(array), -1, *picture)[:, 0] for array in pair]
    return drawn("reconstructions", 0.4 + len(rows[0]), 2.5, lambda figure: _paint(figure, rows, scene.part))


def _paint(figure: Figure, rows: list[np.ndarray], part: str) -> None:
    low, high = float(rows[0].min()), float(rows[0].max())
    panels = figure.subplots(2, len(rows[0]), squeeze=False)
    for line, pictures in zip(panels, rows, strict=True):
        for axes, picture in zip(line, pictures, strict=True):
            axes.imshow(picture, cmap=amounts(), vmin=low, vmax=high if high > low else low + 1)
            bare(axes)
    error = float(np.sqrt(np.mean((rows[1].astype(np.float64) - rows[0]) ** 2)))
    for line, said in zip(panels, ("given", "drawn again"), strict=True):
        line[0].set_ylabel(said)
    figure.suptitle(f"{part}: off by {error:.3g} (root mean square of these)", x=0.01, ha="left", fontsize=10.5)
