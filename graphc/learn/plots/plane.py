"""What a network says of every point of a plane: where one class ends and another begins, or which number it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics import CLASSES, YES_NO, Answer
from .plot import Plot
from .scene import Scene
from .style import COLOURS, INK, amounts, colour, drawn, finite, plain, two_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

    from ..data.feed import Feed

ACROSS = 160  # points of the grid in each direction
MARGIN = 0.08  # beside the outermost examples
SIDE = 3.75  # inches of the longer side
ALIKE = 1.6  # axes whose lengths differ by less have one scale


@dataclass(frozen=True)
class Plane:
    """The grid, what is said of each of its points, and some examples with their targets."""

    across: np.ndarray
    up: np.ndarray
    said: np.ndarray
    learnt: tuple[np.ndarray, np.ndarray]
    held_out: tuple[np.ndarray, np.ndarray] | None
    right: float | None  # the share of right answers among the examples that are shown
    part: str
    labels: list[str]
    target: str
    threshold: float = 0.5


def spread(points: np.ndarray, count: int) -> np.ndarray:
    """So many places from a little below the least to a little above the largest."""
    low, high = float(points.min()), float(points.max())
    beside = MARGIN * (high - low) or 1.0
    return np.linspace(low - beside, high + beside, count)


def plane_of(scene: Scene, answer: Answer) -> Plane | None:
    """What is to be drawn, where an example is a point of the plane and has one answer."""
    features = scene.features
    if not scene.numeric or sum(scene.width(leaf) for leaf in features) != 2:
        return None
    there = np.concatenate([scene.points(feed) for feed in (scene.learnt, scene.held_out) if feed is not None])
    across, up = (spread(there[:, axis], ACROSS) for axis in (0, 1))
    grid = np.stack([axis.ravel() for axis in np.meshgrid(across, up)], axis=1)
    said = scene.values([answer.output], scene.inputs(grid))[0].reshape(len(grid), -1)
    if answer.kind == CLASSES:
        said = said.argmax(axis=1)[:, None] if said.shape[1] > 1 else said
    if said.shape[1] != 1:
        return None
    learnt = _dotted(scene, answer, scene.learnt)
    held_out = None if scene.held_out is None else _dotted(scene, answer, scene.held_out)
    right = None
    if answer.kind in (CLASSES, YES_NO):
        predicted, wanted = answer.labels(*scene.answered(answer, scene.shown))
        right = float((predicted == wanted).mean())
    said = finite(said.reshape(ACROSS, ACROSS))
    return Plane(
        across, up, said, learnt, held_out, right, scene.part, scene.labels, scene.title(answer), answer.threshold
    )


def _dotted(scene: Scene, answer: Answer, feed: Feed) -> tuple[np.ndarray, np.ndarray]:
    points, wanted = scene.examples(answer, feed)
    return points, wanted[:, 0]


def plane_plot(scene: Scene, answer: Answer, name: str) -> Plot | None:
    plane = plane_of(scene, answer)
    if plane is None:
        return None
    paint = {YES_NO: paint_two, CLASSES: paint_several}.get(answer.kind, paint_numbers)
    return drawn(name, *_size(plane), lambda figure: paint(figure, figure.subplots(), plane, answer))


def _size(plane: Plane) -> tuple[float, float]:
    """Inches of a picture that the plane fills: with one scale on both axes it is as slim as the examples are."""
    shape = _shape(plane)
    wide, high = (SIDE, SIDE) if shape is None else (SIDE * min(1.0, shape), SIDE * min(1.0, 1 / shape))
    return wide + 1.6, high + 0.9


def _shape(plane: Plane) -> float | None:
    """How much wider than high it is, where both axes have one scale."""
    wide, high = float(np.ptp(plane.across)), float(np.ptp(plane.up))
    return wide / high if high < ALIKE * wide and wide < ALIKE * high else None


# -- three ways to paint it


def paint_two(figure: Figure, axes: Axes, plane: Plane, answer: Answer) -> None:
    """Two classes: how sure it is by colour, and the boundary."""
    filled = shaded(axes, plane)
    low, high = filled.get_clim()
    scale = figure.colorbar(filled, ax=axes, shrink=0.8, ticks=[low, plane.threshold, high])
    scale.set_label(f"output {answer.output}")
    scale.outline.set_visible(False)
    _class_legend(figure, axes, answer.classes if len(answer.classes) == 2 else ("0", "1"))
    _named(axes, plane)


def shaded(axes: Axes, plane: Plane) -> AxesImage:
    """How sure it is by colour, the boundary between two classes, and the examples."""
    reach = 0.5 if plane.threshold == 0.5 else float(np.nanquantile(np.abs(plane.said), 0.95)) or 1.0
    filled = _surface(axes, plane, two_classes(), plane.threshold - reach, plane.threshold + reach, alpha=0.55)
    _boundary(axes, plane.across, plane.up, plane.said, plane.threshold)
    _dots(axes, plane, lambda wanted: [colour(k) for k in wanted])
    return filled


def paint_several(figure: Figure, axes: Axes, plane: Plane, answer: Answer) -> None:
    """Several classes: the region of each."""
    from matplotlib.colors import ListedColormap

    count = int(max(np.nanmax(plane.said), *(part[1].max() for part in (plane.learnt, plane.held_out) if part))) + 1
    colours = [COLOURS[k % len(COLOURS)] for k in range(count)]
    _surface(axes, plane, ListedColormap(colours), -0.5, count - 0.5, alpha=0.3, smooth=False)
    for k in range(count):
        _boundary(axes, plane.across, plane.up, (plane.said == k).astype(float), 0.5, width=0.8)
    _dots(axes, plane, lambda wanted: [colour(k) for k in wanted])
    _class_legend(figure, axes, answer.classes if len(answer.classes) == count else [str(k) for k in range(count)])
    _named(axes, plane)


def paint_numbers(figure: Figure, axes: Axes, plane: Plane, answer: Answer) -> None:
    """A number: what is expected by colour, and the examples in the colours of what they are."""
    wanted = [part[1] for part in (plane.learnt, plane.held_out) if part]
    low = min(float(np.nanmin(plane.said)), *(float(part.min()) for part in wanted))
    high = max(float(np.nanmax(plane.said)), *(float(part.max()) for part in wanted))
    if low == high:
        low, high = low - 0.5, high + 0.5
    filled = _surface(axes, plane, amounts(), low, high)
    axes.contour(plane.across, plane.up, plane.said, levels=9, colors="white", linewidths=0.7)
    scale = figure.colorbar(filled, ax=axes, shrink=0.8)
    scale.set_label(f"output {answer.output}; dots: {plane.target}")
    scale.outline.set_visible(False)
    _dots(axes, plane, lambda values: amounts()((values - low) / (high - low)))
    _named(axes, plane)


def _surface(
    axes: Axes, plane: Plane, colours: Colormap, low: float, high: float, alpha: float = 1.0, smooth: bool = True
) -> AxesImage:
    """What is said of each point, as a colour."""
    return axes.imshow(
        plane.said, extent=(*plane.across[[0, -1]], *plane.up[[0, -1]]), origin="lower", aspect="auto",
        cmap=colours, vmin=low, vmax=high, alpha=alpha, interpolation="bilinear" if smooth else "nearest",
    )  # fmt: skip


def _boundary(
    axes: Axes, across: np.ndarray, up: np.ndarray, said: np.ndarray, level: float, width: float = 1.6
) -> None:
    """The line itself, where both sides are in the picture."""
    if np.nanmin(said) < level < np.nanmax(said):
        axes.contour(across, up, said, levels=[level], colors=INK, linewidths=width)


def _dots(axes: Axes, plane: Plane, coloured: Callable[[np.ndarray], Any]) -> None:
    """Examples held out, and small behind them those learnt from; these are large where there are no others."""
    parts = [(plane.learnt, 22.0)] if plane.held_out is None else [(plane.learnt, 7.0), (plane.held_out, 22.0)]
    for (points, wanted), size in parts:
        edge = "white" if size > 10 else "none"
        axes.scatter(
            points[:, 0], points[:, 1], s=size, c=coloured(wanted), edgecolors=edge, linewidths=0.6, zorder=3,
            alpha=1.0 if size > 10 else 0.55,
        )  # fmt: skip


def _class_legend(figure: Figure, axes: Axes, names: Sequence[str]) -> None:
    if len(names) > len(COLOURS):
        return
    for k, name in enumerate(names):
        axes.scatter([], [], s=26, color=colour(k), label=f"class {name}" if name.isdigit() else plain(name))
    figure.legend(loc="outside lower center", ncols=min(5, len(names)), handletextpad=0.1, columnspacing=1.2)


def _named(axes: Axes, plane: Plane) -> None:
    axes.set(xlabel=plane.labels[0], ylabel=plane.labels[1], xlim=plane.across[[0, -1]], ylim=plane.up[[0, -1]])
    axes.grid(False)
    if _shape(plane) is not None:
        axes.set_aspect("equal")
    if plane.right is not None:
        axes.set_title(f"{plane.right:.1%} right of what was {plane.part}")
