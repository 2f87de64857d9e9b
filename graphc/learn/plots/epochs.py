"""A number of the history, epoch by epoch: of what was learnt from, and of what was held out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..history import HELD_OUT, Course, History
from .plot import Plot, Plots
from .style import BLUE, ORANGE, QUIET, drawn, finite

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 20  # a loss that falls to less than a twentieth is seen better by powers of ten
WORDS = {"mse": "mean squared error", "mae": "mean absolute error", "dice": "Dice"}
NO_NUMBERS = ("epoch", "lr")


def measured(history: History) -> list[str]:
    """What can be drawn, the loss first."""
    return [name for name in history.names if name not in NO_NUMBERS and not name.startswith(HELD_OUT)]


def in_words(name: str) -> str:
    """`s_mse` is the mean squared error of s."""
    output, _, last = name.rpartition("_")
    if last in WORDS or last == "accuracy":
        return f"{WORDS.get(last, last)} of {output}" if output else WORDS.get(last, last)
    return name.replace("_", " ")


def epoch_plots(history: History) -> Plots:
    """One plot for each number."""
    found = Plots()
    for name in measured(history):
        found[name] = drawn(name, 5.2, 3.4, partial(_alone, history, name))
    return found


def _alone(history: History, name: str, figure: Figure) -> None:
    paint(figure.subplots(), history, name)


def history_plot(history: History) -> Plot:
    """All numbers side by side."""
    names = measured(history)

    def panels(figure: Figure) -> None:
        for axes, name in zip(np.atleast_1d(figure.subplots(1, max(1, len(names)))), names, strict=False):
            paint(axes, history, name)

    return drawn("history", 4.4 * max(1, len(names)), 3.4, panels)


def paint(axes: Axes, history: History, name: str) -> None:
    """The number by epochs, with its best one among those held out."""
    from matplotlib.ticker import MaxNLocator

    curves = {"learnt from": (history[name], BLUE), "held out": (history[HELD_OUT + name], ORANGE)}
    epochs = history["epoch"] or list(range(1, len(history) + 1))
    for label, (values, colour) in curves.items():
        if values:
            marker = "o" if len(values) == 1 else ""
            axes.plot(epochs[-len(values) :], finite(values), color=colour, label=label, marker=marker)
    held_out = finite(history[HELD_OUT + name])
    if name == "loss" and len(held_out) > 2 and np.isfinite(held_out).any():
        best = int(np.nanargmin(held_out))
        if best < len(held_out) - 1:
            axes.axvline(epochs[best], color=QUIET, linewidth=1, linestyle=":", zorder=0)
            axes.plot(epochs[best], held_out[best], "o", color=ORANGE, markersize=5)
            axes.annotate(
                f"lowest: epoch {epochs[best]}", (epochs[best], 1), xycoords=("data", "axes fraction"), fontsize=8.5,
                xytext=(4, -10), textcoords="offset points", color=QUIET,
                ha="left" if best < 0.6 * len(held_out) else "right",
            )  # fmt: skip
    numbers = np.concatenate([finite(values) for values, _ in curves.values() if values])
    sound = numbers[np.isfinite(numbers)]
    if name == "loss" and len(sound) and sound.min() > 0 and sound.max() > WIDE * sound.min():
        axes.set_yscale("log")
    if name.endswith(("accuracy", "dice")) and len(sound):
        axes.set_ylim(min(0.9, max(0.0, sound.min() - 0.05)), 1.005)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="epoch", ylabel=in_words(name))
    if held_out.size:
        axes.legend()


# -- a training that went wrong


def course_plot(course: Course) -> Plot | None:
    """The loss of whole epochs, then of each step until the one that could not be taken; None where there is none."""
    if not course.history.rows and len(course.losses) < 2:
        return None
    return drawn("loss", 5.2, 3.4, lambda figure: _paint_course(figure.subplots(), course))


def _paint_course(axes: Axes, course: Course) -> None:
    from matplotlib.ticker import MaxNLocator

    epochs, steps = finite(course.history["loss"]), finite(list(course.losses))
    before, lost = len(epochs) * course.steps, not np.isfinite(course.last)
    at_ends, each = course.steps * np.arange(1, len(epochs) + 1), before + np.arange(1, len(steps) + 1)
    if len(epochs):
        axes.plot(at_ends, epochs, "o-", color=BLUE, markersize=3, label="mean of an epoch")
    joined = np.concatenate([at_ends[-1:], each]), np.concatenate([epochs[-1:], steps])
    axes.plot(*joined, color=ORANGE, label="each step", zorder=1)
    stopped = before + len(steps) + lost
    axes.axvline(stopped, color=QUIET, linewidth=1, linestyle=":", zorder=0)
    numbers = np.concatenate([epochs, steps])
    if numbers.min() > 0 and numbers.max() > WIDE * numbers.min():
        axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    why = "the loss is no number" if lost else "training diverges"
    axes.set(xlabel="step", ylabel="loss", title=f"stopped at step {stopped}: {why}")
    if len(epochs):
        axes.legend()
