"""The plots of a run that has just ended, and what the answer says of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..language.errors import GraphcError

if TYPE_CHECKING:
    from ..learn.finite import NotFinite
    from ..learn.fit import Diverged
    from ..learn.train import Trained


@dataclass(frozen=True)
class Drawn:
    """The files, in a folder of the run, or else why there are none."""

    files: tuple[Path, ...] = ()
    missing: str = ""

    @property
    def names(self) -> list[str]:
        return [file.name for file in self.files]

    def lines(self, run: Path) -> list[str]:
        """Where the run is, and what there is to look at."""
        if not self.files:
            return [f"The run is in {run}", *([self.missing] if self.missing else [])]
        return [f"The run is in {run}, its plots in {self.files[0].parent}"]


def draw(trained: Trained) -> Drawn:
    """What a training came to does not hang on whether it can be drawn."""
    from ..learn.plots.style import HOW_TO_GET_PLOTS, available

    if not available():
        return Drawn(missing=f"For plots of it: {HOW_TO_GET_PLOTS}")
    from ..learn.plots.drawing import write_plots

    try:
        return Drawn(tuple(write_plots(trained)))
    except GraphcError as error:
        return Drawn(missing=f"There are no plots: {error.message}")


def draw_failure(run: Path, error: NotFinite | Diverged) -> Path | None:
    """The loss of a training that went wrong, where there is something to draw, and something to draw it with."""
    from ..learn.plots.style import available

    if error.course is None or not available():
        return None
    from ..learn.plots.drawing import write_failure

    try:
        return write_failure(run, error.course)
    except GraphcError:
        return None
