"""A run is a folder: the model as text, weights, the optimiser's state, the history, and what was asked for.

Reading one checks every file against its checksum; nothing in it is run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..graph.network import Network, read_network
from ..language.errors import GraphcError
from ..language.parse import parse_net
from ..language.source import Source
from .callbacks import Callback, under
from .checkpoint import from_safetensors, read_files
from .data.feed import Feed
from .data.fit_to import fit_to
from .data.names import Names
from .data.read import read
from .data.standardise import Standard
from .history import History
from .metrics import Answer
from .model_statistics import settled, statistics
from .plan import Plan
from .step import TrainingStep

MODEL, ABOUT, PROGRESS = "model.net", "run.json", "progress.json"
WEIGHTS, OPTIMIZER, CALLBACKS = "weights.safetensors", "optimizer.safetensors", "callbacks.safetensors"
STATISTICS = "statistics.safetensors"
HISTORY, TABLE = "history.json", "history.csv"
PLOTS = "plots"  # a folder, which can be drawn again: no manifest has it
SCHEMA = "graphc/run-folder/1"
DTYPE = np.float32


def network_of(text: str, name: str, file: str = MODEL) -> Network:
    return read_network(parse_net(Source(file, text)), name)


@dataclass(frozen=True)
class Run:
    """What a folder holds, every file checked."""

    folder: Path
    files: Mapping[str, bytes]

    @classmethod
    def open(cls, folder: str | Path) -> Run:
        found = cls(Path(folder), read_files(Path(folder)))
        missing = {MODEL, ABOUT, PROGRESS, WEIGHTS, OPTIMIZER, HISTORY} - found.files.keys()
        if missing or found.about.get("schema") != SCHEMA:
            raise GraphcError(f"{folder} holds no run that this version of graphc reads")
        return found

    @cached_property
    def about(self) -> dict[str, Any]:
        return json.loads(self.files[ABOUT])

    @cached_property
    def progress(self) -> dict[str, Any]:
        return json.loads(self.files[PROGRESS])

    @property
    def plan(self) -> Plan:
        return Plan.read(self.about["arguments"])

    @property
    def text(self) -> str:
        return self.files[MODEL].decode()

    @property
    def history(self) -> History:
        return History.read(self.files[HISTORY].decode())

    @cached_property
    def network(self) -> Network:
        return network_of(self.text, self.about["name"])

    @property
    def answers(self) -> list[Answer]:
        """What the outputs say of the targets."""
        return [Answer(**one | {"classes": tuple(one["classes"])}) for one in self.about["answers"]]

    def _arrays(self, name: str) -> dict[str, np.ndarray]:
        return from_safetensors(self.files[name], f"{self.folder / name}") if name in self.files else {}

    @cached_property
    def params(self) -> dict[str, np.ndarray]:
        return self._arrays(WEIGHTS)

    @cached_property
    def known(self) -> dict[str, np.ndarray]:
        """All that `settled` is used with: the parameters, and what was taken from batches of what was learnt from."""
        return self.params | self._arrays(STATISTICS)

    @cached_property
    def settled(self) -> Network:
        """The network as it is used: what it says of an example does not depend on the others in the batch."""
        known = len(self.known) > len(self.params)
        return settled(self.network, statistics(self.network)) if known else self.network

    @property
    def state(self) -> dict[str, np.ndarray]:
        return self.params | self._arrays(OPTIMIZER)

    def feed(self, data: str, targets: bool = True) -> Feed:
        """Data as the run takes them: its sizes, its classes, and the standard of what it learnt from."""
        classes = {name: tuple(names) for name, names in self.about["classes"].items()}
        learnt = Names.read(self.about.get("columns"))
        feed = fit_to(self.network, read(data), DTYPE, self.about["sizes"], classes, targets, learnt)
        standard = self.about["standard"]
        if standard is None:
            return feed
        means, deviations = ({n: np.array(v) for n, v in part.items()} for part in standard)
        return Standard(means, deviations).apply(feed)

    def restore(self, step: TrainingStep, callbacks: Sequence[Callback]) -> History:
        """Bring a step and its callbacks to where the run was."""
        step.load(self.state, self.progress["steps"])
        step.lr = self.progress["lr"]
        arrays = self._arrays(CALLBACKS)
        for key, callback in keyed_callbacks(callbacks).items():
            if key in self.progress["callbacks"]:
                callback.load(self.progress["callbacks"][key], under(f"{key}.", arrays))
        return self.history


def keyed_callbacks(callbacks: Sequence[Callback]) -> dict[str, Callback]:
    """Callbacks by a name that stays the same from run to run."""
    found: dict[str, Callback] = {}
    for callback in callbacks:
        name = type(callback).__name__
        found[name if name not in found else f"{name}{len(found)}"] = callback
    return found
