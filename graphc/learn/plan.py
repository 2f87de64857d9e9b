"""What a training is asked to be: everything that its result depends on beside the model's text and the data."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..language.errors import GraphcError, did_you_mean
from .augment import augmentations
from .data.feed import Feed
from .objective import L1, L2, Term
from .optimizers.optimizer import Optimizer, optimizer
from .optimizers.pieces import ClipNorm, Cosine, Piece, Schedule

# Where nobody says how many epochs: as many as give so many steps, within reason.
STEPS, FEWEST, MOST = 4000, 10, 300
# The rate of Adam as it is published suits large networks; the lectures' are small.
OWN_RATES = {"adam": 0.01, "adamw": 0.01}
SHARE = 0.2  # of the rows, to be held out of data that have no such part
ENOUGH = 10  # rows to hold some out


# What becomes of a rate over so many steps.
SCHEDULES: Mapping[str, Callable[[float, int], float | Schedule]] = {
    "constant": lambda rate, steps: rate,
    "cosine": lambda rate, steps: Cosine(rate, steps=steps),
}


@dataclass(frozen=True)
class Plan:
    """The arguments of a training. What is None is chosen when the data are there.

    `sizes` are numbers for sizes that the model leaves free and the data do not tell, as in `m=16`.
    `optimizer` is a name, with numbers as in `sgd` or `momentum:momentum=0.8`. `validation` is the share of the rows
    that is held out; None takes the part that the data hold out themselves, or else a fifth. `class_weights` are
    `balanced`, or by class as in `no=1,yes=5`. `augment` says what becomes of pictures, as in `rotate=15,flip`.
    `freeze` names parameters that stay as they are.
    `metrics` are names with commas between.
    """

    model: str
    data: str
    sizes: str | None = None
    epochs: int | None = None
    batch_size: int = 32
    optimizer: str = "adam"
    lr: float | None = None
    schedule: str = "constant"
    seed: int = 0
    validation: float | None = None
    metrics: str | None = None
    patience: int | None = None
    monitor: str | None = None
    class_weights: str | None = None
    augment: str | None = None
    standardise: bool = False
    l1: float = 0.0
    l2: float = 0.0
    clip: float | None = None
    freeze: str | None = None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("epochs", self.epochs, 1),
            ("batch size", self.batch_size, 1),
            ("seed", self.seed, 0),
            ("patience", self.patience, 1),
            ("l1", self.l1, 0),
            ("l2", self.l2, 0),
        ):
            if value is not None and not value >= least:
                raise GraphcError(f"the {name} is at least {least}, not {value}")
        if self.monitor is not None and self.patience is None:
            raise GraphcError("--monitor says what --patience looks at, and there is none", "add --patience 20")
        if self.schedule not in SCHEDULES:
            hint = did_you_mean(self.schedule, SCHEDULES) or f"there are {', '.join(SCHEDULES)}"
            raise GraphcError(f"there is no schedule `{self.schedule}`", hint)
        augmentations(self.augment)
        if self.validation is not None and not 0 <= self.validation < 1:
            raise GraphcError(f"the share that is held out is from 0 up to but not including 1, not {self.validation}")

    # -- as JSON, and compared

    def json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def read(cls, known: Mapping[str, Any]) -> Plan:
        return cls(**{field.name: known[field.name] for field in dataclasses.fields(cls) if field.name in known})

    def continued(self, given: Mapping[str, Any]) -> Plan:
        """The same training taken up again: only its number of epochs may be another one now."""
        for name, value in given.items():
            if name != "epochs" and value is not None and value != getattr(self, name):
                option = {"class_weights": "class-weights", "batch_size": "batch-size"}.get(name, name)
                said = f"the {option}" if name in ("model", "data") else f"--{option}"
                before = getattr(self, name)
                began = f"without {said}" if before is None else f"with {said} {before}"
                raise GraphcError(
                    f"this run began {began}, so it cannot go on with {value}",
                    "leave the option out, or start another run in another folder",
                )
        epochs = given.get("epochs")
        if epochs not in (None, self.epochs) and self.schedule != "constant":
            raise GraphcError(
                f"the rate of this run falls over {self.epochs or 'its own number of'} epochs, so it ends with them",
                "leave --epochs out, or start another run",
            )
        return self if epochs is None else dataclasses.replace(self, epochs=epochs)

    # -- what it means

    def given_sizes(self) -> dict[str, float]:
        return _numbers(self.sizes or "", "a size")

    def epochs_for(self, rows: int) -> int:
        if self.epochs is not None:
            return self.epochs
        return min(MOST, max(FEWEST, STEPS // -(-rows // self.batch_size)))

    @property
    def rate(self) -> float:
        """The learning rate at the start."""
        name = self.optimizer.partition(":")[0]
        return optimizer(name, OWN_RATES.get(name.lower()) if self.lr is None else self.lr).rate

    def made_optimizer(self, rows: int | None = None) -> Optimizer:
        """The optimiser for a training on so many rows, which ends after a known number of steps, or for one without
        an end, in which the rate stays what it is."""
        name, _, text = self.optimizer.partition(":")
        rate: float | Schedule = self.rate
        if rows is not None:
            rate = SCHEDULES[self.schedule](self.rate, self.epochs_for(rows) * -(-rows // self.batch_size))
        return optimizer(name, rate, **_numbers(text, "a hyperparameter"))

    def terms(self) -> list[Term]:
        return [kind(rate) for kind, rate in ((L1, self.l1), (L2, self.l2)) if rate]

    def clipping(self) -> Piece | None:
        return None if self.clip is None else ClipNorm(self.clip)

    def learning(self, params: Sequence[str]) -> list[str] | None:
        """The parameters that learn, all if None."""
        frozen = [name.strip() for name in (self.freeze or "").split(",") if name.strip()]
        for name in frozen:
            if name not in params:
                raise GraphcError(f"there is no parameter `{name}` to freeze", did_you_mean(name, params))
        return [name for name in params if name not in frozen] if frozen else None

    def metric_names(self) -> list[str] | None:
        return None if self.metrics is None else [name.strip() for name in self.metrics.split(",") if name.strip()]

    def weights(self) -> str | dict[str, float] | None:
        if self.class_weights is None or "=" not in self.class_weights:
            return self.class_weights
        return _numbers(self.class_weights, "a class")

    def parts(self, feed: Feed) -> tuple[Feed, Feed | None]:
        """The rows to learn from and those to look at after each epoch.

        Who stops early chooses by the second part; so it is not the one that the data hold out for the end.
        """
        share = self.validation
        if share is None and feed.held_out is not None and self.patience is None:
            return feed, feed.held_out
        if share is None:
            share = SHARE if len(feed) >= ENOUGH else 0.0
        if not share:
            return feed, None
        return feed.split(share, self.seed, stratified=feed.labels() is not None)


def _numbers(text: str, what: str) -> dict[str, float]:
    """`beta1=0.8,beta2=0.99` as numbers by name."""
    found = {}
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"\s*(.+?)\s*=\s*(\S+)\s*", part)
        try:
            assert match is not None
            found[match[1]] = float(match[2])
        except (AssertionError, ValueError):
            raise GraphcError(f"`{part}` gives {what} no number", "write NAME=NUMBER, with commas between") from None
    return found
