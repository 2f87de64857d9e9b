"""How far a training is, while it goes on: a bar on a terminal, a line now and then elsewhere; on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from .callbacks import Callback

if TYPE_CHECKING:
    from .fit import Fit

LINES = 10  # in all, unless they would be further apart than so many seconds
APART = 30.0
REFRESH = 0.1  # seconds


def progress(stream: TextIO | None = None) -> Callback:
    """What suits the stream."""
    stream = sys.stderr if stream is None else stream
    return Bar(stream) if stream.isatty() else Lines(stream)


def numbers(row: Mapping[str, float]) -> str:
    """`loss 0.123  accuracy 0.95  val_loss 0.2`."""
    return "  ".join(f"{name} {value:.4g}" for name, value in row.items() if name not in ("epoch", "lr"))


class Lines(Callback):
    """A line after the first epoch, after the last, and some between."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self._said, self._when = stream, 0, 0.0

    def begin(self, run: Fit) -> None:
        self._said, self._when = run.epoch, time.monotonic()

    def after_epoch(self, run: Fit) -> None:
        first = self._said == 0
        due = run.epoch - self._said >= run.epochs / LINES or time.monotonic() - self._when >= APART
        if first or due or run.stop or run.epoch == run.epochs:
            self._said, self._when = run.epoch, time.monotonic()
            self.stream.write(f"epoch {run.epoch}/{run.epochs}  {numbers(run.history.last)}\n")
            self.stream.flush()


class Bar(Callback):
    """A bar with the time that is left and the last numbers."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._bar: Any = None
        self._when = 0.0

    def begin(self, run: Fit) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            "epoch",
            MofNCompleteColumn(),
            BarColumn(None),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
        )
        self._bar = Progress(*columns, console=Console(file=self.stream), transient=True)
        self._bar.add_task("", total=run.epochs, completed=run.epoch)
        self._bar.start()

    def after_epoch(self, run: Fit) -> None:
        if time.monotonic() - self._when >= REFRESH:
            self._when = time.monotonic()
            self._bar.update(self._bar.task_ids[0], completed=run.epoch, description=numbers(run.history.last))

    def close(self, run: Fit) -> None:
        if self._bar is not None:
            self._bar.stop()
