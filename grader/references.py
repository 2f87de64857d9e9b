"""What a student's function must return: nodes and derivatives of the exercise's model, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import graphc as gc

from .exercise import slope

if TYPE_CHECKING:
    import numpy as np

    from .compare import Comparison
    from .diagnose import Evidence
    from .exercise import Check
    from .inputs import Case
    from .misconceptions import Mutant
    from .result import Diagnosis

Arrays = Mapping[str, "np.ndarray"]
Call = Callable[[list["np.ndarray"]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Wanted:
    """One of the values that are returned: a node, or the derivative of one by another."""

    name: str
    of: str
    by: str | None = None

    @property
    def is_derivative(self) -> bool:
        return self.by is not None


class Reference:
    """The compiled answer of one check of kind `code`."""

    def __init__(self, network: gc.Network, check: Check) -> None:
        self.network, self.check = network, check
        self.arguments: tuple[str, ...] = check.arguments
        self.returns: tuple[str, ...] = tuple(check.returns)
        self.wanted = [Wanted(name, *slope(name, network)) for name in self.returns]
        self.upstream = self._upstream()
        self.program = Compiled(self, network)
        self._cases: dict[int, list[Case]] = {}

    def _upstream(self) -> Any | None:
        """The leaf for the upstream gradient, of the shape of what is differentiated."""
        if self.check.upstream is None:
            return None
        heads = {want.of: self.network[want.of] for want in self.wanted if want.is_derivative}
        if len({node.extents for node in heads.values()}) != 1:
            raise gc.GraphcError(f"the upstream `{self.check.upstream}` is for derivatives of one tensor")
        return gc.input(self.check.upstream, next(iter(heads.values())).extents)

    @property
    def leaves(self) -> list[Any]:
        """Every tensor that is given: what is drawn before anything is computed."""
        return self.program.leaves

    def cases(self, seed: int) -> list[Case]:
        """Inputs with the right answers, drawn from a seed."""
        from .inputs import draw

        if seed not in self._cases:
            self._cases = {seed: draw(self, seed)}  # one seed at a time is graded with
        return self._cases[seed]

    def compare(self, case: Case, name: str, value: Any) -> Comparison:
        from .compare import compare

        return compare(case, name, value, self.check.tolerance)

    def diagnose(self, evidence: Evidence, call: Call | None = None) -> dict[str, Diagnosis | None]:
        """Which mistake explains what was answered, for each of the names; None where the answer is right."""
        from .diagnose import diagnose

        return diagnose(self, evidence, call)

    @cached_property
    def misconceptions(self) -> Any:
        from .misconceptions import Misconceptions

        return Misconceptions(self)

    def mutants(self, name: str) -> Sequence[Mutant]:
        """Every mistake of the table that can be made here, as a program; equivalent ones are among them."""
        return [*self.misconceptions.cheap(name), *self.misconceptions.written(name)]


class Compiled:
    """The wanted values of a network as one program over its leaves.

    An inner node among the arguments is computed as the model says, unless a value for it is given.
    """

    def __init__(self, reference: Reference, network: gc.Network) -> None:
        self.names = reference.returns
        nodes = [self._node(network, want, reference.upstream) for want in reference.wanted]
        inner = [name for name in reference.arguments if name in network and network[name].kind == "map"]
        self.inner = tuple(inner)
        self.consts = {str(leaf.name): leaf.value for leaf in network.consts if leaf.name in reference.arguments}
        roots = [*nodes, *(network[name] for name in inner)]
        asked = [network[n] for n in reference.arguments if n in network and network[n].kind in ("input", "param")]
        upstream = [] if reference.upstream is None else [reference.upstream]
        heads = [network[want.of] for want in reference.wanted if want.of in network]
        self.leaves = list(dict.fromkeys([*asked, *upstream, *_leaves([*roots, *heads])]))
        self.program = gc.compile(nodes, list(self.names), arguments=self.leaves)
        self.values = gc.compile([network[n] for n in inner], inner, arguments=self.leaves) if inner else None
        self._nodes, self._network = nodes, network

    @staticmethod
    def _node(network: gc.Network, want: Wanted, upstream: Any | None) -> Any:
        node = network[want.of]
        if want.by is None:
            return node
        return gc.grad(node, network[want.by], upstream)

    def __call__(self, drawn: Arrays) -> dict[str, np.ndarray]:
        """The wanted values."""
        return dict(zip(self.names, self.program(**drawn), strict=True))

    def arguments(self, drawn: Arrays) -> dict[str, np.ndarray]:
        """The drawn tensors, the constants and the inner nodes that are handed to the student."""
        import numpy as np

        inner = {} if self.values is None else dict(zip(self.inner, self.values(**drawn), strict=True))
        return {**drawn, **{name: np.asarray(float(value or 0)) for name, value in self.consts.items()}, **inner}

    @cached_property
    def given(self) -> gc.Program:
        """The wanted values where the inner nodes among the arguments, and the constants, are given."""
        nodes = [self._network[name] for name in (*self.inner, *self.consts)]
        stand_ins: dict[Any, Any] = {node: gc.input(str(node.name), node.extents) for node in nodes}
        roots = gc.substituted(self._nodes, stand_ins)
        return gc.compile(roots, list(self.names), arguments=[*self.leaves, *stand_ins.values()])

    def node(self, name: str) -> Any:
        """The node of one of the wanted values."""
        return self._nodes[self.names.index(name)]


def _leaves(roots: Sequence[Any]) -> list[Any]:
    """The inputs and parameters that the roots need."""
    return [node for node in walk(roots) if node.kind in ("input", "param")]


def walk(roots: Sequence[Any]) -> list[Any]:
    """Every node that the roots need, each after what it reads."""
    done: dict[Any, None] = {}
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, entered = stack.pop()
        if node in done:
            continue
        if entered:
            done[node] = None
        else:
            stack.append((node, True))
            stack += [(child, False) for child in reversed(node.inputs) if child not in done]
    return list(done)
