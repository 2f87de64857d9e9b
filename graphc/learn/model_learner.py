"""A compiled model: its parameters and what fitting, evaluating and predicting do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..compiler.program import Program, compile
from ..graph.network import Network
from ..language.errors import GraphcError
from .answers import answers, check_signed
from .augment import Given
from .callbacks import Callback
from .data.feed import Feed
from .data.names import Names
from .data.standardise import Standard
from .evaluation import AT_ONCE, Evaluation
from .fit import fit
from .history import History
from .initialise import initial
from .model_statistics import measured, settled, statistics
from .objective import Term
from .optimizers.optimizer import Optimizer
from .optimizers.pieces import Piece
from .step import TrainingStep, as_optimizer
from .weighting import Weights, class_weights, weight_leaf, weighted_loss, with_weights

if TYPE_CHECKING:
    import numpy as np

    from ..graph.node import Node
    from .metrics import Answer
    from .plots.scene import Scene


# A name, several, or those of each output.
Metrics = str | Sequence[str] | Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Compiled:
    """What a model was asked to learn with. `trainable` are names of parameters, all if None."""

    optimizer: Optimizer
    metrics: tuple[str, ...] | None = None
    regularisers: tuple[Term, ...] = ()
    clip: Piece | None = None
    trainable: tuple[str, ...] | None = None

    @classmethod
    def of(
        cls,
        optimizer: Optimizer | str,
        metrics: Metrics | None,
        regularisers: Sequence[Term],
        clip: Piece | None,
        trainable: Sequence[str] | None,
    ) -> Compiled:
        return cls(
            as_optimizer(optimizer),
            None if metrics is None else _names(metrics),
            tuple(regularisers),
            clip,
            None if trainable is None else tuple(trainable),
        )


def _names(metrics: Metrics) -> tuple[str, ...]:
    """Metrics by name; of one output, as it is shown: `kind_accuracy`."""
    if isinstance(metrics, Mapping):
        return tuple(f"{output}_{name}" for output, given in metrics.items() for name in _names(given))
    return (metrics,) if isinstance(metrics, str) else tuple(metrics)


@dataclass
class Learner:
    """Parameters from their start on. `sizes` are what the data said of free sizes, `classes` what targets mean,
    `names` what the columns were called.

    Without `how` it predicts and learns nothing.
    """

    network: Network
    seed: int = 0
    dtype: Any = "float32"
    how: Compiled | None = None
    values: dict[str, np.ndarray] | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    standard: Standard | None = None
    history: History = field(default_factory=History)
    answers: list[Answer] = field(default_factory=list)
    statistics: dict[str, np.ndarray] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    step: TrainingStep | None = None
    _evaluation: Evaluation | None = None
    _forward: dict[bool, Program] = field(default_factory=dict)  # by whether there are statistics to predict with

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The arrays by name; while it learns they change in place."""
        if self.step is not None:
            return self.step.params
        if self.values is None:
            found = initial(self.network, self.seed, sizes=self.sizes)
            self.values = {name: array.astype(self.dtype) for name, array in found.items()}
        return self.values

    @property
    def values_now(self) -> dict[str, np.ndarray] | None:
        """The parameters, where anybody has seen or changed them."""
        return self.step.params if self.step is not None else self.values

    def check(self) -> None:
        """Begin at once where every size is known, so that what is wrong is said early."""
        if all(extent.bind(self.sizes).value is not None for leaf in self.network.params for extent in leaf.extents):
            self.begin()

    def begin(self, loss: Node | None = None) -> TrainingStep:
        """The step; made anew where the loss is another one, from where the last one was."""
        wanted = self.network.loss if loss is None else loss
        if self.how is None or wanted is None:
            raise GraphcError(
                f"{self.network.name} is not compiled, so there is nothing to learn by",
                'model.compile(optimizer=gc.Adam(), loss="mse") says it',
            )
        before = self.step
        if before is None or before.loss is not wanted:
            how = self.how
            self.step = TrainingStep(
                self.network, wanted, how.trainable, how.optimizer, regularisers=how.regularisers, clip=how.clip,
                seed=self.seed, dtype=self.dtype, values=self.params, sizes=self.sizes,
            )  # fmt: skip
            if before is not None:
                self.step.load(before.state, before.count)
                self.step.lr = before.lr
        assert self.step is not None
        return self.step

    def seen(self, feed: Feed) -> None:
        """Remember what the data say of free sizes, of classes and of what the outputs answer."""
        check_signed(self.network, feed)
        self.sizes = {**feed.sizes, **self.sizes}
        self.classes = {**feed.classes, **self.classes}
        self.names = self.names or feed.names
        self.answers = answers(self.network, feed)

    def fit(
        self,
        data: Feed,
        validation: Feed | float | None,
        epochs: int,
        batch_size: int,
        callbacks: Sequence[Callback],
        weights: Weights | None,
        augment: Given = None,
    ) -> History:
        """So many epochs more; their rows of the history."""
        self.seen(data)
        loss = None
        if weights is not None:
            target, numbers = class_weights(data, weights)
            leaf = weight_leaf(self.network, target)
            assert self.network.loss is not None
            loss = weighted_loss(self.network, target, leaf)
            data = with_weights(data, target, leaf, numbers)
            if isinstance(validation, Feed):
                validation = with_weights(validation, target, leaf, numbers)
        before, step = len(self.history), self.begin(loss)
        fit(
            step, data, epochs=before + epochs, batch_size=batch_size, seed=self.seed, validation=validation,
            callbacks=callbacks, metrics=self.how.metrics if self.how else None, history=self.history,
            augment=augment, standard=self.standard,
        )  # fmt: skip
        self.statistics = measured(self.network, statistics(self.network), self.params, data, self.seed)
        self._evaluation = None
        return History(self.history.rows[before:])

    @property
    def _known(self) -> dict[str, np.ndarray]:
        """All arrays that a program may need beside the data."""
        return {**self.params, **self.statistics}

    @cached_property
    def _settled(self) -> Network:
        """What it predicts with, once it has learnt: nothing depends on who else is in the batch."""
        return settled(self.network, statistics(self.network))

    def evaluate(self, feed: Feed) -> dict[str, float]:
        """Loss and metrics by name."""
        return self._evaluating(feed)(self._known, feed)

    def confusion(self, feed: Feed) -> dict[str, np.ndarray]:
        """For each target that has classes, how often which was taken for which."""
        evaluation = self._evaluating(feed)
        tables = evaluation.tables()
        evaluation(self._known, feed, tables)
        return {table.answer.target: table.counts for table in tables}

    def _evaluating(self, feed: Feed) -> Evaluation:
        metrics = self.how.metrics if self.how is not None else None
        found = answers(self.network, feed)
        if self._evaluation is None or self._evaluation.answers != found:
            self._evaluation = Evaluation(self._settled if self.statistics else self.network, found, metrics)
        return self._evaluation

    def scene(self, feed: Feed) -> Scene:
        """What there is to draw of it and of these examples."""
        from .plots.scene import Scene, few

        network = self._settled if self.statistics else self.network
        held_out = None if feed.held_out is None else few(feed.held_out)
        found = answers(self.network, feed)
        return Scene(network, self._known, found, few(feed), held_out, self.standard, "given")

    def predict(self, feed: Feed) -> list[np.ndarray]:
        """Every output for all rows."""
        import numpy as np

        knowing = bool(self.statistics)
        if knowing not in self._forward:
            network = self._settled if knowing else self.network
            self._forward[knowing] = compile(network.outputs, arguments=[*network.inputs, *network.params])
        program, known = self._forward[knowing], self._known
        # what has no axis for examples is of all of them
        by_row = all(node.rank and node.extents[0].value is None for node in self.network.outputs)
        parts = [program(**known, **batch) for batch in feed.batches(min(AT_ONCE, len(feed)) if by_row else len(feed))]
        return [np.concatenate(arrays) if by_row else arrays[0] for arrays in zip(*parts, strict=True)]
