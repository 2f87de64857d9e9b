"""The notation of a whole derivation: all of its expressions are written alike, and what comes out has a name."""

from __future__ import annotations

from collections.abc import Iterator

from ...derivation.step import Derivation, Derivative
from ...language.expression import Expression, Name
from .meaning import Notation


def notation_of(derivation: Derivation) -> Notation:
    """With a derivative for each result by its key: `dL/dw` is no name of the language, so nothing else has it."""
    results = {
        key: Derivative(key, result.indices, result.of, (), result.by, tuple(map(Name, result.indices)))
        for key, result in derivation.result.items()
    }
    extents = {} if derivation.net is None else {name: node.extents for name, node in derivation.net.nodes.items()}
    return Notation(_expressions(derivation), {**derivation.derivatives, **results}, extents)


def _expressions(derivation: Derivation) -> Iterator[Expression]:
    for step in derivation.walk():
        yield step.before
        yield step.after
    for result in derivation.result.values():
        yield result.body
        if result.matrix is not None:
            yield result.matrix
