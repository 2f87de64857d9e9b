"""The usual mistakes, each a mutation of the graph: made where it can be made, and computed for any inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

import graphc as gc

from ..references import Compiled, walk
from ..tape import Change, Tape
from .backward import changes
from .equations import Slip, slips
from .mutant import Mutant
from .table import TABLE, Misconception, told

if TYPE_CHECKING:
    from ..inputs import Case
    from ..references import Reference, Wanted

__all__ = ["TABLE", "Misconception", "Misconceptions", "Mutant", "told"]


class Misconceptions:
    """The mutants of one check, made when they are first asked for, and compiled when they are first needed."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.wanted = {want.name: want for want in reference.wanted}
        self.tapes: dict[str, Tape] = {}
        self._cheap: dict[str, list[Mutant]] = {}
        self._written: dict[str, list[Mutant]] = {}

    def cheap(self, name: str) -> list[Mutant]:
        """The mutants of one of the values that need no program of their own."""
        if name not in self._cheap:
            self._cheap[name] = [*self.exchanged(name), *self.backward(name)]
        return self._cheap[name]

    def written(self, name: str) -> list[Mutant]:
        """The mutants that are a model with another equation."""
        if name not in self._written:
            self._written[name] = list(self.forward(name))
        return self._written[name]

    # -- other arguments

    def exchanged(self, name: str) -> Iterator[Mutant]:
        """Arguments of one shape taken for each other, and square ones lying down."""
        arguments = [
            leaf for leaf in self.reference.leaves if not leaf.integer and leaf.name in self.reference.arguments
        ]
        for left, right in combinations(arguments, 2):
            if left.extents == right.extents:
                places = f"{left.name}, {right.name}"
                yield Mutant(
                    "swapped",
                    places,
                    "arguments exchanged",
                    partial(self._with, name, {left.name: right.name, right.name: left.name}),
                )
        for leaf in arguments:
            if leaf.rank == 2 and leaf.extents[0] == leaf.extents[1]:
                yield Mutant("transpose", leaf.name, "transposed", partial(self._lying, name, leaf.name))

    def _with(self, name: str, other: dict[str, str], case: Case) -> np.ndarray:
        drawn = {**case.drawn, **{one: case.drawn[two] for one, two in other.items()}}
        return self.reference.program(drawn)[name]

    def _lying(self, name: str, leaf: str, case: Case) -> np.ndarray:
        return self.reference.program({**case.drawn, leaf: case.drawn[leaf].T.copy()})[name]

    # -- the backward pass

    def tape(self, name: str) -> Tape | None:
        """The backward pass of a derivative that has one: of a scalar, or with an upstream."""
        want = self.wanted[name]
        if not want.is_derivative or want.of.startswith("("):
            return None
        if self.reference.upstream is None and self.reference.network[want.of].rank:
            return None
        if name not in self.tapes:
            self.tapes[name] = Tape(self.reference, want)
        return self.tapes[name]

    @cached_property
    def changes(self) -> dict[str, list[Change]]:
        """The single mistakes of each derivative's backward pass."""
        found = {}
        for name in self.wanted:
            tape = self.tape(name)
            found[name] = [] if tape is None else list(changes(tape))
        return found

    def backward(self, name: str) -> Iterator[Mutant]:
        tape = self.tape(name)
        if tape is None:
            return
        if self.reference.upstream is not None:
            yield Mutant(
                "ignored-upstream",
                self.reference.upstream.name,
                "the upstream taken for ones",
                partial(self._of_ones, name),
            )
        for change in self.changes[name]:
            yield Mutant(change.code, change.where, "backward", partial(_run, tape, (change,)))

    def _of_ones(self, name: str, case: Case) -> np.ndarray:
        upstream = self.reference.upstream.name  # type: ignore[union-attr]
        return self.reference.program({**case.drawn, upstream: np.ones_like(case.drawn[upstream])})[name]

    # -- the equations

    def forward(self, name: str) -> Iterator[Mutant]:
        """The model with one formula written down wrong."""
        want = self.wanted[name]
        found = list(slips(self.reference.network, self._needed(want)))
        for slip in found:
            yield Mutant(slip.code, slip.where, slip.said, _Written(self.reference, slip, name))
        if want.is_derivative and want.of in self.reference.network:
            for slip in found:
                if slip.where in self.reference.network and slip.where != want.of:
                    yield Mutant(slip.code, slip.where, slip.said, _Valued(self.reference, slip, name))

    def _needed(self, want: Wanted) -> list[str]:
        """The equations that a value depends on."""
        network = self.reference.network
        if want.of not in network:
            return list(network.nodes)
        given = {network[name] for name in self.reference.arguments if name in network}
        roots = [network[want.of]]
        if not want.is_derivative:
            return [node.name for node in _behind(roots, given) if node.name is not None]
        return [node.name for node in walk(roots) if node.name is not None]


def _behind(roots: list[Any], given: set[Any]) -> list[Any]:
    """What the roots need that is not given."""
    found: dict[Any, None] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in found and (node not in given or node in roots):
            found[node] = None
            stack += node.inputs
    return list(found)


def _run(tape: Tape, made: tuple[Change, ...], case: Case) -> np.ndarray | None:
    return tape.run(case, made)


class _Valued:
    """The right derivative at wrong values: the slip is in the forward pass alone."""

    def __init__(self, reference: Reference, slip: Slip, name: str) -> None:
        self.reference, self.slip, self.name = reference, slip, name

    @cached_property
    def value(self) -> Callable[..., Any]:
        """The tensor as it was written down."""
        written = self.reference.network.restated(self.slip.statements)
        return gc.compile(written[self.slip.where], arguments=self.reference.leaves)

    def __call__(self, case: Case) -> np.ndarray | None:
        program = self.reference.program.at(self.name, self.slip.where)
        return None if program is None else program(**{**case.drawn, self.slip.where: self.value(**case.drawn)})


class _Written:
    """A network with a slip, compiled when a case first asks for it."""

    def __init__(self, reference: Reference, slip: Slip, name: str) -> None:
        self.reference, self.slip, self.name = reference, slip, name

    @cached_property
    def program(self) -> Callable[[Any], Any]:
        return Compiled(self.reference, self.reference.network.restated(self.slip.statements), (self.name,))

    def __call__(self, case: Case) -> np.ndarray:
        return self.program(case.drawn)[self.name]
