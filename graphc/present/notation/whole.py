"""The notation of a whole derivation: all of its expressions are written alike, and what comes out has a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...derivation.step import Derivation, Derivative, Result
from ...language.expression import Expression, Name
from .meaning import Notation


def notation_of(derivation: Derivation, long: bool = False) -> Notation:
    """With a derivative for each result by its key: `dL/dw` is no name of the language, so nothing else has it.

    The formulas of `long` results are looked into only where they are written.
    """
    written = [result for result in derivation.result.values() if long or not result.long]
    results = {key: _record(key, result, result in written) for key, result in derivation.result.items()}
    extents = {} if derivation.net is None else {name: node.extents for name, node in derivation.net.nodes.items()}
    return Notation(_expressions(derivation, written), {**derivation.derivatives, **results}, extents)


def _record(key: str, result: Result, written: bool) -> Derivative:
    indices = result.indices if written else ()
    return Derivative(key, indices, result.of, (), result.by, tuple(map(Name, indices)))


def _expressions(derivation: Derivation, results: Iterable[Result]) -> Iterator[Expression]:
    for step in derivation.walk():
        yield step.before
        yield step.after
    for result in results:
        yield result.body
        if result.matrix is not None:
            yield result.matrix
