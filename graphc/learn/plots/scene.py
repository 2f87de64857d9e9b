"""What there is to draw of a model that has learnt: its parameters, the examples, and what it says of others.

Everything that a plot shows is computed here, by compiled programs; the drawing itself knows no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ...compiler.program import Program, compile
from ...graph.network import Network
from ..data.matching import roles
from ..evaluation import AT_ONCE
from ..metrics import NUMBERS
from ..model_statistics import measured, settled, statistics
from .style import plain

if TYPE_CHECKING:
    from ...graph.node import Leaf, Node
    from ..data.feed import Feed
    from ..data.standardise import Standard
    from ..metrics import Answer

MOST = 10_000  # examples that a plot looks at, at most
DOTS = 500  # examples that are dots of a plot
BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Scene:
    """`known` are the parameters and statistics by name, `learnt` the examples learnt from, `held_out` the others.

    `told` is what the first are called where there are no others.
    """

    network: Network
    known: Mapping[str, np.ndarray]
    answers: Sequence[Answer]
    learnt: Feed
    held_out: Feed | None
    standard: Standard | None = None
    told: str = "learnt from"
    _programs: dict[tuple[str, ...], Program] = field(default_factory=dict)  # by what they compute

    @classmethod
    def of(
        cls,
        network: Network,
        params: Mapping[str, np.ndarray],
        answers: Sequence[Answer],
        learnt: Feed,
        held_out: Feed | None = None,
        standard: Standard | None = None,
        seed: int = 0,
    ) -> Scene:
        """At most so many examples; what a network takes from a whole batch is what it was over those learnt from."""
        leaves = statistics(network)
        names = {str(leaf.name) for leaf in network.inputs}
        known = {**params, **measured(network, leaves, params, _only(learnt, names), seed)}
        whole = settled(network, leaves) if leaves else network
        return cls(whole, known, answers, few(learnt), None if held_out is None else few(held_out), standard)

    @property
    def shown(self) -> Feed:
        """The examples that tell most: those that were not learnt from, where there are any."""
        return self.learnt if self.held_out is None else self.held_out

    @property
    def part(self) -> str:
        """What they are called."""
        return self.told if self.held_out is None else "held out"

    # -- the inputs as numbers side by side

    @property
    def features(self) -> list[Leaf]:
        """The inputs that outputs are computed from."""
        return [leaf for leaf in roles(self.network)[0] if str(leaf.name) not in self.known]

    def width(self, leaf: Leaf) -> int:
        """How many numbers it has of each example."""
        return prod(self.extents(leaf)[1:])

    def extents(self, node: Node) -> tuple[int, ...]:
        """Its sizes, the number of examples as 0."""
        found = (extent.bind(self.shown.sizes).value for extent in node.extents)
        return tuple(0 if value is None else value for value in found)

    @property
    def labels(self) -> list[str]:
        """What the numbers of an example are called: by the data, or else by the network."""
        called = self.learnt.names.features
        if len(called) == sum(self.width(leaf) for leaf in self.features):
            return [plain(name) for name in called]
        names = []
        for leaf in self.features:
            width = self.width(leaf)
            names += (
                [f"{leaf.name}{str(k + 1).translate(BELOW)}" for k in range(width)] if width > 1 else [str(leaf.name)]
            )
        return names

    def title(self, answer: Answer) -> str:
        """What is to be learnt is called: by the data, or else by the network."""
        return plain(self.learnt.names.targets.get(answer.target, answer.target))

    @property
    def numeric(self) -> bool:
        """Whether every input is a number that may be anything between two others."""
        return all(not leaf.integer for leaf in self.features)

    def points(self, feed: Feed) -> np.ndarray:
        """A row of numbers for each example, in the units of the data."""
        arrays = feed.arrays()
        columns = [self._units(leaf, arrays[str(leaf.name)]).reshape(len(feed), -1) for leaf in self.features]
        return np.concatenate(columns, axis=1).astype(np.float64)

    def _units(self, leaf: Leaf, array: np.ndarray) -> np.ndarray:
        name = str(leaf.name)
        if self.standard is None or name not in self.standard.means:
            return array
        return array * self.standard.deviations[name] + self.standard.means[name]

    def inputs(self, points: np.ndarray) -> dict[str, np.ndarray]:
        """The arrays of examples that `points` are the numbers of."""
        found, start = {}, 0
        for leaf in self.features:
            name, width = str(leaf.name), self.width(leaf)
            array = points[:, start : start + width].reshape(len(points), *self.extents(leaf)[1:])
            if self.standard is not None and name in self.standard.means:
                array = (array - self.standard.means[name]) / self.standard.deviations[name]
            found[name] = array.astype(self.learnt.columns[name].dtype)
            start += width
        return found

    # -- what the network says

    def values(self, names: Sequence[str], arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """These tensors for all rows of the arrays, some rows at a time."""
        network = self.network
        program = self._programs.get(tuple(names))
        if program is None:
            program = compile([network[name] for name in names], arguments=[*network.inputs, *network.params])
            self._programs[tuple(names)] = program
        given = {str(leaf.name): arrays[str(leaf.name)] for leaf in self.features}
        count = len(next(iter(given.values())))
        parts = [
            program(**self.known, **{name: array[start : start + AT_ONCE] for name, array in given.items()})
            for start in range(0, count, AT_ONCE)
        ]
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def by_row(self, answer: Answer) -> bool:
        """Whether every example has an output of its own."""
        output = self.network[answer.output]
        return output.extents[:1] == self.features[0].extents[:1]

    def answered(self, answer: Answer, feed: Feed) -> tuple[np.ndarray, np.ndarray]:
        """The output and the target for each example."""
        arrays = feed.arrays()
        return self.values([answer.output], arrays)[0], arrays[answer.target]

    def examples(self, answer: Answer, feed: Feed) -> tuple[np.ndarray, np.ndarray]:
        """Some of them as points, and what is right for each: its class, or its numbers."""
        some = feed.take(slice(0, DOTS))
        prediction, target = self.answered(answer, some)
        right = target if answer.kind == NUMBERS else answer.labels(prediction, target)[1]
        return self.points(some), right.reshape(len(some), -1)


def few(feed: Feed) -> Feed:
    """No more than a plot looks at."""
    return feed if len(feed) <= MOST else feed.take(slice(0, MOST))


def _only(feed: Feed, names: set[str]) -> Feed:
    return replace(feed, columns={name: column for name, column in feed.columns.items() if name in names})
