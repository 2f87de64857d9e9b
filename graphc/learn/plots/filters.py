"""What the filters of a convolution look like, and what they make of an example."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ..metrics import CLASSES, YES_NO
from .kernels import kernels, maps
from .plot import Plot
from .scene import Scene
from .style import amounts, bare, drawn, plain, two_classes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LAYERS = 5  # layers that one picture shows
ACROSS, DOWN = 8, 16  # filters or maps beside each other, and one below the other
PIXELS = 96  # about so many for the longer side of a small picture, so that the gaps between are thin


def filters_plot(scene: Scene) -> Plot | None:
    """A mosaic for each of the first layers: below zero blue, above it orange."""
    values = {kernel: scene.known[str(kernel.leaf.name)] for kernel in kernels(scene.network)}
    found = [(kernel, kernel.pictures(array)) for kernel, array in values.items()]
    found = [(kernel, pictures) for kernel, pictures in found if max(pictures.shape[-2:]) > 1][:LAYERS]
    if not found:
        return None
    tiles = [_by_filter(pictures) for _, pictures in found]
    names = [f"{kernel.leaf.name}: {kernel.said(values[kernel].shape)}" for kernel, _ in found]

    def paint(figure: Figure) -> None:
        widths = [max(1.0, tile.shape[1] / tile.shape[0]) for tile in map(mosaic, tiles)]
        panels = np.atleast_1d(figure.subplots(1, len(tiles), width_ratios=widths))
        for axes, tile, name in zip(panels, tiles, names, strict=True):
            reach = float(np.abs(tile).max()) or 1.0
            image = axes.imshow(mosaic(tile, 40), cmap=two_classes(), vmin=-reach, vmax=reach)
            bare(axes)
            axes.set_title(name, fontsize=9)
            bar = figure.colorbar(image, ax=axes, shrink=0.6, ticks=[-reach, 0, reach], format="%.2g")
            bar.outline.set_visible(False)

    width = sum(2.0 + 1.4 * max(1.0, tile.shape[1] / max(1, tile.shape[0])) for tile in tiles)
    return drawn("filters", min(12.0, width), 3.6, paint)


def _by_filter(pictures: np.ndarray) -> np.ndarray:
    """[down, across, height, width]: a row for each filter, a column for each channel that it reads."""
    if pictures.shape[1] > 1:
        return pictures[:DOWN, :DOWN]
    return in_rows(pictures[:, 0], across_for(len(pictures)), 0.0)


def across_for(count: int) -> int:
    """How many stand in a row, so that there are about as many rows; rows are full where that can be."""
    least = int(np.ceil(np.sqrt(count)))
    full = (across for across in range(least, least + least // 2 + 1) if count % across == 0)
    return min(ACROSS, next(full, least))


def in_rows(pictures: np.ndarray, across: int, empty: float) -> np.ndarray:
    """Pictures one after the other, so many in a row; what the last row lacks is empty."""
    count = len(pictures)
    across = min(across, count)
    down = min(DOWN, -(-count // across))
    full = np.full((down * across, *pictures.shape[1:]), empty)
    full[: min(count, len(full))] = pictures[: len(full)]
    return full.reshape(down, across, *pictures.shape[1:])


def mosaic(tiles: np.ndarray, share: int = 100) -> np.ndarray:
    """[down, across, height, width] as one picture, with lines between and around, so small a share of it."""
    down, across, high, wide = tiles.shape
    times = max(1, PIXELS // max(high, wide))
    large = np.repeat(np.repeat(tiles, times, axis=2), times, axis=3)
    gap = max(1, times * max(down * high, across * wide) // share)
    whole = np.full((down * (high * times + gap) + gap, across * (wide * times + gap) + gap), np.nan)
    for row in range(down):
        for column in range(across):
            top, left = gap + row * (high * times + gap), gap + column * (wide * times + gap)
            whole[top : top + high * times, left : left + wide * times] = large[row, column]
    return whole


# -- what they make of an example


def maps_plot(scene: Scene) -> Plot | None:
    """The first example, and its maps after each step that has a name."""
    nodes = maps(scene.network)
    image = next((leaf for leaf in scene.features if leaf.rank > 2 or scene.width(leaf) > 2), None)
    if not nodes or image is None:
        return None
    if len(nodes) > LAYERS:  # first and last, and some between
        nodes = [nodes[round(k * (len(nodes) - 1) / (LAYERS - 1))] for k in range(LAYERS)]
    arrays = scene.shown.take(slice(0, 1)).arrays()
    names = [str(node.name) for node, _ in nodes]
    found = [array[0] for array in scene.values(names, arrays)]
    sliding = [count for _, count in nodes]
    panels = list(
        zip([str(image.name), *names], [arrays[str(image.name)][0], *found], [sliding[0], *sliding], strict=True)
    )
    return drawn("feature-maps", 2.2 * len(panels), 3.0, lambda figure: _paint_maps(figure, panels, _told(scene)))


def _paint_maps(figure: Figure, panels: list[tuple[str, np.ndarray, int]], told: str) -> None:
    for axes, (name, array, sliding) in zip(np.atleast_1d(figure.subplots(1, len(panels))), panels, strict=True):
        # a volume by its slices; sequences as one picture with a row for each map
        pictures = array.reshape(-1, *array.shape[-2:]) if sliding > 1 else array.reshape(1, -1, array.shape[-1])
        low, high = min(0.0, float(pictures.min())), float(pictures.max())
        tiles = mosaic(in_rows(pictures, across_for(len(pictures)), low))
        axes.imshow(tiles, cmap=amounts(), vmin=low, vmax=high if high > low else low + 1)
        bare(axes)
        many, size = prod(array.shape[:-sliding]), "×".join(map(str, array.shape[-sliding:]))
        axes.set_title(f"{name}: {f'{many} maps of ' if many > 1 else ''}{size}", fontsize=9)
    figure.suptitle(told, x=0.01, ha="left", fontsize=10.5)


def _told(scene: Scene) -> str:
    """Which example it is, and what it is taken for."""
    for answer in scene.answers:
        if answer.kind in (CLASSES, YES_NO) and not answer.masks:
            predicted, right = answer.labels(*scene.answered(answer, scene.shown.take(slice(0, 1))))
            if len(right) == 1:
                names = answer.classes or tuple(map(str, range(int(max(predicted[0], right[0])) + 1)))
                return plain(f"one example of class {names[right[0]]}, taken for {names[predicted[0]]}")
    return "one example"
