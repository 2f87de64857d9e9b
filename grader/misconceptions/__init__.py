"""The usual mistakes, each a mutation of the graph: made where it can be made, and computed for any inputs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

import graphc as gc

from ..references import Wanted, walk
from ..tape import Change, Locals, Tape
from .backward import changes, nothing, of_ones
from .equations import Slip, both, inlined, slips, slips_of
from .mutant import Mutant
from .paper import on_paper
from .steps import in_steps, title
from .table import TABLE, Misconception, told

if TYPE_CHECKING:
    from ..inputs import Case
    from ..references import Reference

__all__ = ["TABLE", "Misconception", "Misconceptions", "Mutant", "told"]


WANTED = "wanted_"  # what the formula of a derivative is called


class Misconceptions:
    """The mutants of one check, made when they are first asked for, and compiled when they are first needed."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.wanted = {want.name: want for want in reference.wanted}
        self.tapes: dict[str, Tape] = {}
        self.locals = Locals()
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
            self._written[name] = [*self.derived(name), *self.forward(name), *self.throughout(name)]
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
        for leaf in self.reference.leaves:
            if leaf.kind == "input" and not leaf.rank and leaf.name in self.reference.arguments:
                for step in (-1, 1):
                    yield Mutant("off-by-one", leaf.name, f"{step:+d}", partial(self._stepped, name, leaf.name, step))
        for leaf in arguments:
            if leaf.rank == 2 and leaf.extents[0] == leaf.extents[1]:
                yield Mutant("transpose", leaf.name, "transposed", partial(self._lying, name, leaf.name))

    def _with(self, name: str, other: dict[str, str], case: Case) -> np.ndarray:
        drawn = {**case.drawn, **{one: case.drawn[two] for one, two in other.items()}}
        return self.reference.program(drawn)[name]

    def _stepped(self, name: str, leaf: str, step: int, case: Case) -> np.ndarray:
        return self.reference.program({**case.drawn, leaf: case.drawn[leaf] + step})[name]

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
            self.tapes[name] = Tape(self.in_steps, want, self.reference.upstream, self.locals)
        return self.tapes[name]

    def forward_tape(self, name: str) -> Tape:
        """The values of all tensors that a value is made of."""
        want = self.wanted[name]
        return Tape(self.in_steps, Wanted(name, want.of), None, self.locals)

    def others(self, name: str) -> Iterator[Mutant]:
        """The other tensors of the shape of a value."""
        nodes = self.in_steps.nodes
        wanted = nodes[self.wanted[name].of]
        for other, node in nodes.items():
            if node.kind == "map" and node is not wanted and node.extents == wanted.extents:
                tape = Tape(self.in_steps, Wanted(other, other), None, self.locals)
                yield Mutant("forward-instead", title(other), "another tensor", partial(_run, tape, ()))

    @cached_property
    def in_steps(self) -> gc.Network:
        return in_steps(self.reference.network)

    def tape_of(self, slip: Slip, want: Wanted) -> Tape:
        """The passes of the network with a slip."""
        network = self.reference.network.restated(slip.statements)
        return Tape(network, want, self.reference.upstream, self.locals)

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
        for node, edges in tape.meetings():
            for kept in edges:
                left = tuple(Change("missing-term", "", edge, nothing) for edge in edges if edge is not kept)
                yield Mutant("missing-term", title(tape.where(node)), "one way alone", partial(_run, tape, left))
        for read in tape.nodes:
            left = tuple(
                Change("dropped-factor", "", edge, partial(of_ones, reads=(read,))) for edge in tape.beside(read)
            )
            if len(left) > 1:
                yield Mutant(
                    "dropped-factor", title(tape.where(read)), "left out everywhere", partial(_run, tape, left)
                )
        for change in self.changes[name]:
            yield Mutant(change.code, title(change.where), "backward", partial(_run, tape, (change,)))

    def _of_ones(self, name: str, case: Case) -> np.ndarray:
        upstream = self.reference.upstream.name  # type: ignore[union-attr]
        return self.reference.program({**case.drawn, upstream: np.ones_like(case.drawn[upstream])})[name]

    # -- the equations

    def forward(self, name: str) -> Iterator[Mutant]:
        """The model with one formula written down wrong."""
        want = self.wanted[name]
        if want.of not in self.reference.network:
            return
        tape = self.tape(name)
        if want.is_derivative and tape is None:
            return
        found = list(slips(self.reference.network, self._needed(want), want.is_derivative))
        for slip in found:
            if tape is not None and slip.where in self.reference.network and slip.where != want.of:
                yield Mutant(slip.code, slip.where, slip.said, _Valued(tape, self, slip))
        for slip in found:
            yield Mutant(slip.code, slip.where, slip.said, _Written(self, slip, want))

    def derived(self, name: str) -> Iterator[Mutant]:
        """The derivative as it comes out on paper, an equation for each sum in it, with one mistake in one of them."""
        if not self.wanted[name].is_derivative:
            return
        root = self.reference.program.node(name)
        paper = on_paper(self.reference.network, root, WANTED, self.reference.upstream)
        for slip in slips_of(self.reference.network, paper):
            yield Mutant(slip.code, name, slip.said, _Written(self, slip, Wanted(WANTED, WANTED)))

    def twice(self, name: str) -> Iterator[Mutant]:
        """The model with the same mistake in two of its equations."""
        want, network = self.wanted[name], self.reference.network
        if want.of in network and (not want.is_derivative or self.tape(name) is not None):
            for slip in both(network, list(slips(network, self._needed(want), want.is_derivative))):
                yield Mutant(slip.code, slip.where, slip.said, _Written(self, slip, want))

    def throughout(self, name: str) -> Iterator[Mutant]:
        """A tensor of the model with the same mistake in all that it is made of."""
        want, network = self.wanted[name], self.reference.network
        if not want.is_derivative and network[want.of].kind == "map":
            for slip in inlined(network, network[want.of], WANTED):
                yield Mutant(slip.code, slip.where, slip.said, _Written(self, slip, Wanted(WANTED, WANTED)))

    def _needed(self, want: Wanted) -> list[str]:
        """The equations that a value depends on."""
        network = self.reference.network
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
    """The right backward pass at wrong values: the slip is in the forward pass alone."""

    def __init__(self, tape: Tape, misconceptions: Misconceptions, slip: Slip) -> None:
        self.tape, self.misconceptions, self.slip = tape, misconceptions, slip

    @cached_property
    def written(self) -> Tape:
        """The forward pass to the tensor whose equation has the slip."""
        return self.misconceptions.tape_of(self.slip, Wanted(self.slip.where, self.slip.where))

    def __call__(self, case: Case) -> np.ndarray | None:
        node = self.tape.network[self.slip.where]
        wrong = self.written.values(case)[self.written.of]
        if node not in self.tape.nodes or wrong.shape != self.tape.values(case)[node].shape:
            return None
        return self.tape.run(case, (), self.tape.computed(case, {node: wrong}))


class _Written:
    """A network with a slip, forward and backward."""

    def __init__(self, misconceptions: Misconceptions, slip: Slip, want: Wanted) -> None:
        self.misconceptions, self.slip, self.want = misconceptions, slip, want

    @cached_property
    def tape(self) -> Tape:
        return self.misconceptions.tape_of(self.slip, self.want)

    def __call__(self, case: Case) -> np.ndarray | None:
        return self.tape.run(case)
