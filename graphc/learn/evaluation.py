"""The loss and the metrics of some examples, in one walk through the network, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..compiler.program import compile
from ..graph.network import Network
from ..graph.node import Node
from ..language.errors import GraphcError
from .data.batches import Batches
from .data.feed import Feed
from .metrics import CLASSES, YES_NO, Answer, Confusion, Metric, metric, named, usual

# Rows that are evaluated at once: enough for speed, few enough for memory.
AT_ONCE = 1024


class Evaluation:
    """A compiled forward pass with the metrics that are wanted; without names the usual ones of each target.

    The loss is measured too, if `with_loss`: that of the network, or another one.
    """

    def __init__(
        self,
        network: Network,
        answers: Sequence[Answer],
        metrics: Sequence[str] | None = None,
        loss: Node | None = None,
        with_loss: bool = True,
    ) -> None:
        self.loss = None if not with_loss else network.loss if loss is None else loss
        self.answers = list(answers)
        self._names = metrics
        self._outputs = {answer.output: network[answer.output] for answer in self.answers}
        wanted = [*self._outputs.values(), *([self.loss] if self.loss is not None else [])]
        self._program = compile(wanted, arguments=[*network.inputs, *network.params])
        self._unused = self._metrics()
        title = named(self._unused)
        self._titles = [title(one) for one in self._unused]

    def _metrics(self) -> list[Metric]:
        """The metrics, with nothing added yet; names that fit no target are refused.

        `accuracy` is of every output that has one, `kind_accuracy` of the output `kind` alone.
        """
        if self._names is None:
            return [metric(name, answer) for answer in self.answers for name in usual(answer)]
        if self._names and not self.answers:
            raise GraphcError(f"nothing is learnt that {self._names[0]} could be of", "the loss reads no target")
        found = []
        for name in self._names:
            of_one = [answer for answer in self.answers if name.startswith(f"{answer.output}_")]
            fitting, refused = _fitting([(name, answer) for answer in self.answers])  # `top_3`, of an output `top` too
            if of_one and not fitting:
                fitting, refused = _fitting([(name.removeprefix(f"{one.output}_"), one) for one in of_one])
            if refused is not None and not fitting:
                raise refused
            found += fitting
        return found

    def __call__(
        self, params: Mapping[str, np.ndarray], given: Feed | Batches, confusion: list[Confusion] | None = None
    ) -> dict[str, float]:
        """The numbers by name, the loss first. What is measured again and again is given as its batches."""
        metrics, total, rows = [one.again() for one in self._unused], 0.0, 0
        tables = confusion or ()
        for batch in (given if isinstance(given, Batches) else in_few(given))():
            *outputs, last = self._program(**params, **batch)
            count = len(next(iter(batch.values())))
            predictions = dict(zip(self._outputs, outputs if self.loss is not None else [*outputs, last], strict=True))
            if self.loss is not None:
                total += float(last) * count
            rows += count
            for one in (*metrics, *tables):
                one.add(predictions[one.answer.output], batch[one.answer.target])
        found = {"loss": total / rows} if self.loss is not None else {}
        return found | {title: one.value() for title, one in zip(self._titles, metrics, strict=True)}

    def tables(self) -> list[Confusion]:
        """An empty table for each target that has classes and is no mask."""
        return [Confusion(answer) for answer in self.answers if answer.kind in (CLASSES, YES_NO) and not answer.masks]


def _fitting(asked: Sequence[tuple[str, Answer]]) -> tuple[list[Metric], GraphcError | None]:
    """The metrics that there are for these answers, and why there is not one for each."""
    found, refused = [], None
    for name, answer in asked:
        try:
            found.append(metric(name, answer))
        except GraphcError as error:
            refused = error
    return found, refused


def in_few(feed: Feed) -> Batches:
    """The rows in order, as many at once as are evaluated."""
    return feed.in_batches(min(AT_ONCE, len(feed)))


def predictions(network: Network, params: Mapping[str, np.ndarray], feed: Feed) -> dict[str, np.ndarray]:
    """The outputs of all rows by name."""
    program = compile(network.outputs, arguments=[*network.inputs, *network.params])
    found: dict[str, list[Any]] = {str(output.name): [] for output in network.outputs}
    for batch in in_few(feed)():
        for name, array in zip(found, program(**params, **batch), strict=True):
            found[name].append(array)
    return {name: np.concatenate(arrays) for name, arrays in found.items()}
