"""The house style: light, quiet, legible in print and for the colour-blind; the same on every machine.

Drawing is matplotlib's, which is asked for only when something is drawn. No window is ever opened, and what a user has
set in files of matplotlib's own does not count, so that the same numbers give the same picture.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...language.errors import GraphcError
from .plot import Plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

HOW_TO_GET_PLOTS = "pip install 'graphc[plot]'"

# Okabe and Ito's colours, which stay apart for every kind of eye; the first two are the two classes everywhere.
BLUE, ORANGE, GREEN, PINK, YELLOW, SKY = "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
COLOURS = (BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, "#6b4c9a", "#8c6d31", "#7f7f7f", "#1b3a57")
INK, QUIET, FAINT, GAP = "#222222", "#6b6b6b", "#e4e4e4", "#d2d2d2"

SETTINGS: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
    "mathtext.fontset": "dejavusans",
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "image.interpolation": "nearest",
    "svg.fonttype": "path",
    "svg.hashsalt": "graphc",  # or names in an .svg would be drawn by lot
}


def available() -> bool:
    """Whether there is something to draw with."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        return False
    return True


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Inside, matplotlib draws in the house style."""
    try:
        import matplotlib
    except ImportError:
        raise GraphcError("plots are drawn with matplotlib, which is not installed", HOW_TO_GET_PLOTS) from None
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of letters that the font does not have, and of curves without a number
        matplotlib.rcdefaults()
        settings: Any = matplotlib.rcParams  # whose type lists every name
        settings.update(SETTINGS)
        yield


def drawn(name: str, width: float, height: float, paint: Callable[[Figure], None]) -> Plot:
    """A plot of so many inches, painted in the house style."""
    with styled():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        paint(figure)
    return Plot(name, figure)


def two_classes() -> Colormap:
    """From the first class's colour through white to the second's."""
    return _through(BLUE, "#ffffff", ORANGE)


def amounts() -> Colormap:
    """From white, for nothing, to dark blue."""
    return _through("#ffffff", "#8fbfdc", BLUE, "#003a5d")


def mistakes() -> Colormap:
    """From white, for none, to dark orange; what is not among them is left as it is."""
    return _through("#ffffff", "#f2b48a", ORANGE).with_extremes(bad="none")


def _through(*colours: str) -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("graphc", colours).with_extremes(bad=GAP)


def plain(name: str) -> str:
    """A name from the data as it is; between two dollars it would be read as a formula."""
    return name.replace("$", r"\$")


def colour(number: int) -> str:
    """That of a class; they come again where there are more classes than colours."""
    return COLOURS[number % len(COLOURS)]


def finite(values: list[float] | np.ndarray) -> np.ndarray:
    """What is infinite is left out of a picture, as what is no number is."""
    found = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def bare(axes: Axes) -> None:
    """For what is a picture itself: no ticks, no grid, no frame."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
