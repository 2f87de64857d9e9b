"""An exercise: a folder with a task, a model from which every reference is compiled, and what is to be checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import graphc as gc

    from .references import Reference

FILE = "exercise.toml"
SLIP = re.compile(r"slip\(\s*([\w-]+\.deriv)\s*\)")
SLOPE = re.compile(r"d(\w+|\(.+\))/d(\w+)")


@dataclass(frozen=True, eq=False)
class Check:
    """One thing that is checked, with its points. Which of the fields mean something depends on the kind."""

    name: str
    kind: str
    points: float
    call: str = ""  # code: `gradients(x, t, w, b)`
    returns: tuple[str, ...] = ()  # code: `y`, `dL/dw`
    upstream: str | None = None
    sizes: tuple[Mapping[str, int], ...] = ()
    tolerance: float | None = None
    seconds: float = 10.0
    memory_mb: int = 1024
    forbid: tuple[str, ...] = ()
    reveal: bool = False  # whether who gives a wrong answer is told the right value
    answer: str = ""  # formula, number: `delta[i]`
    equals: str = ""  # formula, number
    show: str = ""  # derivation
    require: tuple[str, ...] = ()  # net: `params <= 60`
    train: Mapping[str, str | int | float] | None = None  # net: options of the training

    @property
    def function(self) -> str:
        return self.call.partition("(")[0].strip()

    @property
    def arguments(self) -> tuple[str, ...]:
        inside = self.call.partition("(")[2].rpartition(")")[0]
        return tuple(name.strip() for name in inside.split(",") if name.strip())

    @property
    def slip(self) -> str | None:
        """number: the derivation beside the exercise of which the first false line is asked for."""
        found = SLIP.fullmatch(self.equals) if self.kind == "number" else None
        return found[1] if found else None

    @property
    def asked(self) -> str:
        """The bare name under which an answer is written down: `delta`."""
        return self.answer.partition("[")[0].strip() or self.name


@dataclass(frozen=True, eq=False)
class Exercise:
    """What `exercise.toml` says, checked."""

    id: str
    folder: Path
    title: str
    task: Path
    model: Path | None
    hints: tuple[str, ...]
    checks: tuple[Check, ...]
    loaded: gc.Network | None = None  # the model, as it was when the exercise was read

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def network(self) -> gc.Network:
        """The model; an exercise whose checks are all of a student's own net has none."""
        assert self.loaded is not None
        return self.loaded

    @cached_property
    def _references(self) -> dict[str, Reference]:
        return {}

    def reference(self, check: Check) -> Reference:
        """What a student's function must return, compiled once."""
        from .references import Reference

        if check.name not in self._references:
            self._references[check.name] = Reference(self.network, check)
        return self._references[check.name]

    @cached_property
    def own_files(self) -> dict[str, bytes]:
        """The files that are the exercise's and no answer to it: beside an answer, a copy of one means nothing."""
        own = [self.folder / FILE, self.task, *([self.model] if self.model is not None else [])]
        own += [self.folder / check.slip for check in self.checks if check.slip is not None]
        return {path.name: path.read_bytes() for path in own if path.is_file()}


def slope(text: str, network: gc.Network) -> tuple[str, str | None]:
    """`dL/dw` as (L, w); a name of the network is itself, whatever it looks like."""
    text = "".join(text.split())
    found = SLOPE.fullmatch(text)
    return (text, None) if text in network or found is None else (found[1], found[2])


def read(folder: Path | str, name: str | None = None) -> Exercise:
    """The exercise in a folder; an error with its place where something is wrong with it."""
    import graphc as gc

    from .checks import checks_of
    from .document import read as read_document
    from .fields import Key, fields, line, lines

    folder = Path(folder)
    document = read_document(folder / FILE)
    keys = {
        "title": Key(line),
        "task": Key(line),
        "model": Key(line),
        "hints": Key(lines),
        "check": Key(lambda tables: tables, needed=True),
    }
    found = fields(document, document.data, keys)

    def beside(key: str, usual: str) -> Path:
        path = folder / found.get(key, usual)
        if path.name != found.get(key, usual):
            raise document.error(f"`{key}` is a file beside this one, not {found[key]}", key)
        return path

    task, model = beside("task", "task.md"), beside("model", "") if "model" in found else None
    if model is not None and not model.is_file():
        raise document.error(f"there is no file {model.name} beside this one", "model")
    network = None if model is None else gc.load(model)
    checks = checks_of(document, found["check"], network)
    for number, check in enumerate(checks):
        if check.slip is not None and not (folder / check.slip).is_file():
            raise document.error(f"there is no file {check.slip} beside this one", "equals", "check", number)
    id = name or folder.resolve().name
    return Exercise(id, folder, found.get("title", id), task, model, found.get("hints", ()), checks, network)
