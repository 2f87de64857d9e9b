"""Which class is taken for which: a row for each right class, a column for each predicted one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..metrics import CLASSES, YES_NO, Answer, Confusion
from .plot import Plot
from .scene import Scene
from .style import FAINT, INK, amounts, drawn, mistakes, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITTEN = 20  # classes whose counts are written into the squares
NAMED = 40  # classes that each have their name at the edge
LONGEST = 14  # letters of a name


def confusion_plot(scene: Scene, answer: Answer, name: str) -> Plot | None:
    """Of an answer that has classes, where an example has one of them."""
    if answer.kind not in (CLASSES, YES_NO) or answer.masks:
        return None
    table = Confusion(answer)
    table.add(*scene.answered(answer, scene.shown))
    side = min(9.0, 2.6 + 0.42 * len(table.counts))
    return drawn(
        name,
        side + 0.3,
        side,
        lambda figure: paint(figure, table, f"{len(scene.shown):,} {scene.part}", scene.title(answer)),
    )


def paint(figure: Figure, table: Confusion, of: str, target: str) -> None:
    """What is right is blue, what is wrong orange: the more of its row, the darker. The numbers are how many."""
    counts, names = (
        table.counts,
        [plain(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…") for name in table.classes],
    )
    share = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    axes = figure.subplots()
    right_ones = np.eye(len(counts), dtype=bool)
    axes.imshow(np.where(right_ones, share, np.nan), cmap=amounts(), vmin=0, vmax=1)
    # mistakes are rare: by the root of their share they are seen
    image = axes.imshow(np.where(right_ones, np.nan, np.sqrt(share)), cmap=mistakes(), vmin=0, vmax=1)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, which="both")
    axes.set_xticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=FAINT, linewidth=0.8 if len(names) <= NAMED else 0.0)
    every = 1 if len(names) <= NAMED else -(-len(names) // NAMED)
    places = range(0, len(names), every)
    slanted = max(map(len, names)) > 3 and len(names) > 2
    axes.set_xticks(places, names[::every], rotation=45 if slanted else 0, ha="right" if slanted else "center")
    axes.set_yticks(places, names[::every])
    if len(names) <= WRITTEN:
        for (row, column), count in np.ndenumerate(counts):
            if count:
                colour = "white" if share[row, column] > 0.5 else INK
                axes.text(column, row, f"{count}", ha="center", va="center", color=colour, fontsize=9)
    else:
        bar = figure.colorbar(image, ax=axes, shrink=0.75, ticks=[0, 0.5, 1], format=lambda value, _: f"{value**2:.0%}")
        bar.set_label("of a class, taken for another")
        bar.outline.set_visible(False)
    right = np.trace(counts) / max(1, counts.sum())
    axes.set_title(f"{target}: {right:.1%} right of {of}")
    axes.set(xlabel="predicted class", ylabel="right class")
