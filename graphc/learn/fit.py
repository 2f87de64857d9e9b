"""The loop: batches in an order that the seed and the epoch give, a step for each, and what became of every epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..compiler.program import compile
from ..graph.network import Network
from ..language.errors import GraphcError
from .answers import answers
from .augment import Given, augmentations
from .augment_batches import Augmented
from .callbacks import Callback
from .data.feed import Feed
from .data.standardise import Standard
from .evaluation import Evaluation, in_few
from .finite import NotFinite
from .history import HELD_OUT, Course, History
from .model_statistics import Measuring, as_used
from .optimizers.pieces import Schedule
from .step import TrainingStep

# Metrics of the part that is learnt from are, after each epoch, those of so many of its first rows, or of this share.
SAMPLE, SHARE = 500, 20
# A mean loss that is so many times the first one has gone astray.
ASTRAY = 1e6


class Diverged(GraphcError):
    """A loss that is still a number, and beyond all bounds."""

    def __init__(self, loss: float, first: float, count: int, epoch: int) -> None:
        self.loss, self.count, self.epoch = loss, count, epoch
        self.course: Course | None = None
        super().__init__(
            f"the loss has gone from {first:.3g} to {loss:.3g} in epoch {epoch}, step {count}: training diverges",
            "a smaller learning rate, inputs brought to mean 0 and deviation 1, or clip=gc.ClipNorm(1)",
        )


@dataclass
class Fit:
    """One training as callbacks see it. `stop` ends it after this epoch; `epoch` counts from 1."""

    step: TrainingStep
    data: Feed
    validation: Feed | None
    epochs: int
    batch_size: int
    seed: int
    history: History
    augmented: Augmented | None = None
    metrics: Sequence[str] | None = None
    stop: bool = False
    sample: Feed = field(init=False)
    evaluation: Evaluation | None = field(init=False)
    losses: list[float] = field(init=False, default_factory=list)  # of the steps of the epoch that is running

    def __post_init__(self) -> None:
        count = len(self.data)
        few = max(SAMPLE, count // SHARE)
        self.sample = self.data if count <= few else self.data.take(slice(0, few))
        self.evaluation = self._evaluation()
        self._batches = self.data.in_batches(self.batch_size)
        self._looked_at = in_few(self.sample)
        self._held_out = None if self.validation is None else in_few(self.validation)

    @cached_property
    def rate(self) -> Callable[[], float]:
        """Gives the rate of the step that comes next; a schedule's, by its own formula."""
        step, schedule = self.step, self.step.optimizer.lr
        if not isinstance(schedule, Schedule):
            return lambda: step.lr
        net = step.optimizer.network()
        program = compile(net["lr"], arguments=net.inputs)
        return lambda: float(program(lr0=np.float64(step.lr), t=np.float64(step.count + 1)))

    def _evaluation(self) -> Evaluation | None:
        """Measures as the model will be used: what it says of an example does not depend on the batch."""
        found, held_out = answers(self.step.network, self.data), self.validation is not None
        measured = self.metrics or (self.metrics is None and found)
        return Evaluation(self._used[0], found, self.metrics, with_loss=held_out) if held_out or measured else None

    @cached_property
    def _used(self) -> tuple[Network, Measuring]:
        return as_used(self.step.network, self.step.loss, self.data, self.seed)

    def statistics(self) -> dict[str, np.ndarray]:
        """What the network takes from a whole batch, of examples that are learnt from, with the parameters of now."""
        return self._used[1](self.step.params)

    @property
    def epoch(self) -> int:
        return len(self.history)

    def course(self, error: NotFinite | Diverged) -> Course:
        """How it came to this: the epoch that went astray is told by its steps."""
        rows = self.history.rows[: -1 if isinstance(error, Diverged) else None]
        return Course(History(rows), tuple(self.losses), error.loss, -(-len(self.data) // self.batch_size))

    def run_epoch(self) -> None:
        """All batches once, then a row of the history."""
        step, rows, rate = self.step, len(self.data), self.rate()
        batches = self._batches(self.seed, self.epoch)
        if self.augmented is not None:
            batches = self.augmented(batches, self.epoch)
        self.losses = []
        for batch in batches:
            self.losses.append(step(**batch))
        *losses, last = self.losses
        whole = self.batch_size * len(losses)  # the rows of all batches but the last
        loss = (sum(losses) * self.batch_size + last * (rows - whole)) / rows
        row: dict[str, float] = {"epoch": self.epoch + 1, "loss": loss}
        if self.evaluation is not None:
            known = {**step.params, **self.statistics()}
            measured = self.evaluation(known, self._looked_at)
            row |= {name: value for name, value in measured.items() if name != "loss"}
            if self._held_out is not None:
                found = self.evaluation(known, self._held_out)
                row |= {HELD_OUT + name: value for name, value in found.items()}
        self.history.rows.append(row | {"lr": rate})


def fit(
    step: TrainingStep,
    data: Feed,
    *,
    epochs: int = 1,
    batch_size: int = 32,
    seed: int = 0,
    validation: Feed | float | None = None,
    callbacks: Sequence[Callback] = (),
    metrics: Sequence[str] | None = None,
    history: History | None = None,
    augment: Given = None,
    standard: Standard | None = None,
) -> History:
    """Train until so many epochs are done, counting those in `history`, which it goes on from.

    `validation` is a feed, or the share of the data that is held out for it. The same seed gives the same bits, also
    when a training is taken up again. Metrics are the usual ones of the targets, or those named. What is learnt from,
    and nothing else, is moved by what `augment` says; `standard` is the one that its inputs were brought to.
    """
    if int(epochs) != epochs or int(batch_size) != batch_size or epochs < 0 or batch_size < 1:
        hint = "epochs are a whole number from 0 up, and so are the examples of a batch from 1 up"
        raise GraphcError(f"{epochs} epochs with batches of {batch_size} cannot be", hint)
    if isinstance(validation, float):
        data, validation = data.split(validation, seed, data.labels() is not None) if validation else (data, None)
    augmented = Augmented.of(augmentations(augment), data, seed, standard)
    history = History() if history is None else history
    run = Fit(step, data, validation, epochs, batch_size, seed, history, augmented, metrics=metrics)
    for callback in callbacks:
        callback.begin(run)
    try:
        for _ in _epochs(run):
            for callback in callbacks:
                callback.after_epoch(run)
        for callback in callbacks:
            callback.end(run)
    except (NotFinite, Diverged) as error:
        error.course = run.course(error)
        raise
    finally:
        for callback in callbacks:
            callback.close(run)
    return run.history


def _epochs(run: Fit) -> Iterator[None]:
    """Epochs until there were enough, or somebody says stop, or the loss has gone astray."""
    while run.epoch < run.epochs and not run.stop:
        run.run_epoch()
        first, last = run.history.rows[0]["loss"], run.history.last["loss"]
        if last > ASTRAY * max(abs(first), 1.0):
            raise Diverged(last, first, run.step.count, run.epoch)
        yield
