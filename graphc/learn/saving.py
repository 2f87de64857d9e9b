"""A run is written while a network learns, always as one whole version of all its files.

So a training that was killed at any moment goes on to the same bits as one that was not.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import time
import zlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..language.errors import GraphcError
from .callbacks import Callback, prefixed
from .checkpoint import Files, as_safetensors
from .data.feed import Feed
from .data.standardise import Standard
from .metrics import Answer
from .plan import Plan
from .run import (
    ABOUT,
    CALLBACKS,
    HISTORY,
    MODEL,
    OPTIMIZER,
    PROGRESS,
    SCHEMA,
    STATISTICS,
    TABLE,
    WEIGHTS,
    keyed_callbacks,
)

if TYPE_CHECKING:
    from .fit import Fit

EVERY = 2.0  # seconds between two versions of the folder


class RunWriter(Callback):
    """Writes the run at the start, every so many seconds, and at the end; the last of the callbacks, as it saves them.

    `about` is what does not change: see `described`.
    """

    def __init__(
        self, folder: str | Path, text: str, about: Mapping[str, Any], callbacks: Sequence[Callback] = (),
        every: float = EVERY,
    ) -> None:  # fmt: skip
        self.files, self.every = Files(Path(folder)), every
        self._callbacks, self._written = list(callbacks), 0.0
        self._progress: dict[str, Any] = {}
        self._steady = {MODEL: text.encode(), ABOUT: _json(about)}

    def begin(self, run: Fit) -> None:
        self.save(run, done=False)

    def after_epoch(self, run: Fit) -> None:
        if time.monotonic() - self._written >= self.every:
            self.save(run, done=False)

    def end(self, run: Fit) -> None:
        self.save(run, done=True, stopped=run.stop)

    def save(self, run: Fit, done: bool, stopped: bool = False) -> None:
        keyed = keyed_callbacks(self._callbacks)
        progress = {
            "epoch": run.epoch,
            "steps": run.step.count,
            "lr": run.step.lr,
            "done": done,
            "stopped": stopped,
            "callbacks": {key: callback.state() for key, callback in keyed.items()},
        }
        params = run.step.params
        remembered: dict[str, np.ndarray] = {}
        for key, callback in keyed.items():
            remembered |= prefixed(f"{key}.", callback.arrays())
        self.files.write(
            self._steady
            | {
                PROGRESS: _json(progress),
                WEIGHTS: as_safetensors(params),
                OPTIMIZER: as_safetensors({n: a for n, a in run.step.state.items() if n not in params}),
                STATISTICS: as_safetensors(run.statistics()),
                CALLBACKS: as_safetensors(remembered),
                HISTORY: run.history.json().encode(),
                TABLE: run.history.csv().encode(),
            }
        )
        self._written = time.monotonic()
        self._progress = progress

    def failed(self, error: GraphcError) -> None:
        """Say in the folder that the training went wrong; what was saved before stays."""
        self.files.write({PROGRESS: _json(self._progress | {"failed": error.message})})


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def described(
    plan: Plan, name: str, feed: Feed, found: Sequence[Answer], standard: Standard | None, parts: Mapping[str, int]
) -> dict[str, Any]:
    """What a run says of itself once and for all."""
    return {
        "schema": SCHEMA,
        "name": name,
        "arguments": plan.json(),
        "seed": plan.seed,
        "sizes": dict(feed.sizes),
        "classes": {target: list(names) for target, names in feed.classes.items()},
        "columns": feed.names.json(),
        "answers": [dataclasses.asdict(answer) for answer in found],
        "rows": dict(parts),
        "data": fingerprint(feed),
        "standard": None if standard is None else [
            {n: a.tolist() for n, a in part.items()} for part in (standard.means, standard.deviations)
        ],
        "versions": versions(),
    }  # fmt: skip


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("graphc", "numpy", "safetensors"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def fingerprint(feed: Feed) -> str:
    """Tells whether data are those of another day: their rows, and the first and the last of them."""
    count = len(feed)
    whole = zlib.crc32(str(count).encode())
    for rows in (slice(0, min(count, 512)), slice(max(0, count - 512), count)):
        for name, array in feed.take(rows).arrays().items():
            whole = zlib.crc32(np.ascontiguousarray(array).tobytes(), zlib.crc32(name.encode(), whole))
    return f"{count}-{whole:08x}"
