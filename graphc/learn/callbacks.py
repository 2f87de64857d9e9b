"""What looks on while a network learns, after each epoch: it may stop the training, change the rate, write, or show.

A callback that remembers something says what in `state` and `arrays`, so that a run that was killed goes on with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language.errors import GraphcError, did_you_mean
from .checkpoint import write_arrays

if TYPE_CHECKING:
    import numpy as np

    from .fit import Fit


class Callback:
    """`begin` before the first epoch, `after_epoch`, `end` after the last, `close` whatever happened."""

    def begin(self, run: Fit) -> None: ...

    def after_epoch(self, run: Fit) -> None: ...

    def end(self, run: Fit) -> None: ...

    def close(self, run: Fit) -> None: ...

    def state(self) -> dict[str, Any]:
        """What it remembers, as JSON has it."""
        return {}

    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays that it remembers, by name."""
        return {}

    def load(self, state: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` and `arrays` gave."""


@dataclass
class Best:
    """Tells whether a number of the history was bettered by more than `least`.

    A loss or an error is better when it falls, any other number when it rises. Without a name it is the loss of what is
    held out, if there is something, or else the loss.
    """

    monitor: str | None = None
    least: float = 0.0
    value: float = math.inf
    epoch: int = 0

    def bettered(self, run: Fit) -> bool:
        row = run.history.last
        name = self.monitor or ("val_loss" if "val_loss" in row else "loss")
        if name not in row:
            raise GraphcError(f"no `{name}` is measured", did_you_mean(name, row) or f"there are {', '.join(row)}")
        value = row[name] if _falls(name) else -row[name]
        if not value < self.value - self.least:
            return False
        self.value, self.epoch = value, run.epoch
        return True


class EarlyStopping(Callback):
    """Stop when a number of the history was not bettered for `patience` epochs; then the best parameters come back."""

    def __init__(
        self, monitor: str | None = None, patience: int = 10, least: float = 0.0, restore: bool = True
    ) -> None:
        if patience < 1:
            raise GraphcError(f"a patience is at least one epoch, not {patience}")
        self.best, self.patience, self.restore = Best(monitor, least), patience, restore
        self._kept: dict[str, np.ndarray] = {}
        self._last: dict[str, np.ndarray] = {}  # the parameters before the best came back, to go on from

    def begin(self, run: Fit) -> None:
        _put(self._last, run)
        self._last = {}

    def after_epoch(self, run: Fit) -> None:
        if self.best.bettered(run):
            self._kept = _copies(run) if self.restore else {}
        elif run.epoch - self.best.epoch >= self.patience:
            run.stop = True

    def end(self, run: Fit) -> None:
        if self._kept:
            self._last = _copies(run)
            _put(self._kept, run)

    def state(self) -> dict[str, Any]:
        return {"best": self.best.value if math.isfinite(self.best.value) else None, "best_epoch": self.best.epoch}

    def arrays(self) -> dict[str, np.ndarray]:
        return prefixed("best.", self._kept) | prefixed("last.", self._last)

    def load(self, state: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        self.best.value = math.inf if state["best"] is None else float(state["best"])
        self.best.epoch = int(state["best_epoch"])
        self._kept, self._last = under("best.", arrays), under("last.", arrays)


def _copies(run: Fit) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in run.step.params.items()}


def _put(arrays: Mapping[str, np.ndarray], run: Fit) -> None:
    for name, array in arrays.items():
        run.step.params[name][...] = array


def prefixed(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays, their names with something before them."""
    return {prefix + name: array for name, array in arrays.items()}


def under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What `prefixed` named so, by its own names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _falls(name: str) -> bool:
    return name.endswith(("loss", "mse", "mae"))


class Checkpoint(Callback):
    """The parameters in a file, .safetensors or .npz, after each epoch; with `monitor`, after each that bettered it.

    The file is always whole: a new one takes the place of the old one at once.
    """

    def __init__(self, file: str | Path, monitor: str | None = None) -> None:
        self.file, self.best = Path(file), None if monitor is None else Best(monitor)
        if self.file.suffix not in (".safetensors", ".npz"):
            raise GraphcError(f"parameters are written as .safetensors or .npz, not as {self.file.name}")

    def after_epoch(self, run: Fit) -> None:
        if self.best is None or self.best.bettered(run):
            write_arrays(self.file, run.step.params)


class LearningRate(Callback):
    """The rate of each epoch by a function of the epoch, counted from 1, and of the rate so far."""

    def __init__(self, schedule: Callable[[int, float], float]) -> None:
        self.schedule = schedule

    def begin(self, run: Fit) -> None:
        if not run.epoch:
            run.step.lr = float(self.schedule(1, run.step.lr))

    def after_epoch(self, run: Fit) -> None:
        run.step.lr = float(self.schedule(run.epoch + 1, run.step.lr))


class WriteHistory(Callback):
    """The history in a file, as CSV or JSON by its name, anew after each epoch."""

    def __init__(self, file: str | Path) -> None:
        self.file = Path(file)

    def after_epoch(self, run: Fit) -> None:
        run.history.save(self.file)
