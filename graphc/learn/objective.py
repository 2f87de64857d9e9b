"""Terms that are added to a loss, rate·Σ|w| and rate·Σw²: formulas of the graph, which are differentiated with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..graph.functions import define
from ..graph.network import Network
from ..graph.node import Leaf, Node
from ..language.errors import GraphcError, did_you_mean
from .initialise import roles


@dataclass(frozen=True)
class Term:
    """A rate, and the parameters that it is for; without names all weights, which leaves out biases and gains."""

    rate: float
    on: tuple[str, ...] | None = None
    formula: ClassVar[str] = ""

    def __call__(self, weight: Node) -> Node:
        return self.rate * define(self.formula)(weight)


class L1(Term):
    formula = "absolute(w) = sum(abs(w))"


class L2(Term):
    formula = "squares(w) = sum(w**2)"


def with_terms(network: Network, loss: Node, terms: Iterable[Term], trainable: Sequence[Leaf]) -> Node:
    """The loss and the terms."""
    used = roles(network)
    named = {leaf.name: leaf for leaf in trainable}
    for term in terms:
        weights = [leaf for leaf in trainable if isinstance(used[leaf], tuple)] if term.on is None else []
        for name in term.on or ():
            if name not in named:
                known = [title for title in named if title]
                raise GraphcError(
                    f"no parameter `{name}` learns", did_you_mean(name, known) or f"there are {', '.join(known)}"
                )
            weights.append(named[name])
        for weight in weights:
            loss = loss + term(weight)
    return loss
