"""The notation of a whole derivation: all of its expressions are written alike."""

from __future__ import annotations

from collections.abc import Iterator

from ...derivation.step import Derivation
from ...language.expression import Expression
from .board import Notation


def notation_of(derivation: Derivation) -> Notation:
    return Notation(_expressions(derivation), derivation.derivatives)


def _expressions(derivation: Derivation) -> Iterator[Expression]:
    for step in derivation.walk():
        yield step.before
        yield step.after
    for result in derivation.result.values():
        yield result.body
        if result.matrix is not None:
            yield result.matrix
