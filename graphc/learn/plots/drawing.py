"""Which plots there are of a model that has learnt. What does not apply is not drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..history import Course, History
from ..metrics import Answer
from ..run import PLOTS
from .confusion import confusion_plot
from .epochs import course_plot, epoch_plots
from .filters import filters_plot, maps_plot
from .line import line_plot
from .masks import masks_plot
from .plane import plane_plot
from .plot import Plot, Plots
from .predicted import predicted_plot
from .reconstructed import reconstructions_plot
from .scene import Scene

if TYPE_CHECKING:
    from ..train import Trained

OF_ANSWERS: dict[str, Callable[[Scene, Answer, str], Plot | None]] = {
    "boundary": plane_plot,
    "curve": line_plot,
    "confusion": confusion_plot,
    "predicted": predicted_plot,
    "masks": masks_plot,
}
OF_MODELS: tuple[Callable[[Scene], Plot | None], ...] = (filters_plot, maps_plot, reconstructions_plot)


def plots(scene: Scene, history: History) -> Plots:
    """All of them by name; where there are several answers, those of an answer have the output's name before theirs."""
    found = epoch_plots(history)
    several = len(scene.answers) > 1
    for answer in filter(scene.by_row, scene.answers):
        for kind, draw in OF_ANSWERS.items():
            name = f"{answer.output}_{kind}" if several else kind
            plot = draw(scene, answer, name)
            if plot is not None:
                found[name] = plot
    for draw_model in OF_MODELS:
        plot = draw_model(scene)
        if plot is not None:
            found[plot.name] = plot
    return found


def plots_of(trained: Trained) -> Plots:
    """Those of a training that has just ended."""
    prepared = trained.prepared
    scene = Scene.of(
        prepared.step.network, prepared.step.params, prepared.evaluation.answers, prepared.data, prepared.validation,
        prepared.standard, trained.plan.seed,
    )  # fmt: skip
    return plots(scene, trained.history)


def write_plots(trained: Trained) -> list[Path]:
    """Those of a run, in a folder of its folder. They can be drawn again, so no manifest has them."""
    return plots_of(trained).save(trained.folder / PLOTS)


def write_failure(run: Path, course: Course) -> Path | None:
    """What the loss of a training did that went wrong."""
    plot = course_plot(course)
    return None if plot is None else Plots({plot.name: plot}).save(run / PLOTS)[0]
