"""The same mistake wherever it can be made: who takes the wrong axis for a mean takes it for the variance too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from graphc.syntax import Expression, Name, Product, Quotient, Reduce, text

from .edits import REDUCTIONS, Edit, multiplied, with_child, with_parts


def everywhere(expression: Expression, sizes: Collection[str]) -> Iterator[Edit]:
    """All means sums, or all sums means; or no quotient divided by a number of elements, or by something else."""
    for kind, (other, code) in REDUCTIONS.items():
        changed = _replaced(expression, partial(_reduction, kind=kind, other=other))
        if changed is not expression:
            yield changed, code
    for size in sizes:
        changed = _replaced(expression, partial(_undivided, size=size))
        if changed is not expression:
            yield changed, "missing-mean"
    for below in dict.fromkeys(_denominators(expression)):
        yield _replaced(expression, partial(_quotient, below=below)), "dropped-factor"


def undivided(expression: Expression, sizes: Collection[str]) -> Iterator[Edit]:
    """One quotient that is not divided by a number of elements."""
    for size in sizes:
        changed = _undivided(expression, size)
        if changed is not expression:
            yield changed, "missing-mean"
    for place, child in enumerate(expression.children):
        for changed, code in undivided(child, sizes):
            made = with_child(expression, place, changed)
            if made is not None:
                yield made, code


def _reduction(expression: Expression, kind: str, other: str) -> Expression:
    if isinstance(expression, Reduce) and expression.kind == kind:
        return Reduce(other, expression.indices, expression.body)
    return expression


def _undivided(expression: Expression, size: str) -> Expression:
    if not isinstance(expression, Quotient):
        return expression
    factors = expression.right.factors if isinstance(expression.right, Product) else (expression.right,)
    kept = [factor for factor in factors if not (isinstance(factor, Name) and factor.name == size)]
    if len(kept) == len(factors):
        return expression
    return Quotient(expression.left, multiplied(kept)) if kept else expression.left


def _quotient(expression: Expression, below: str) -> Expression:
    return expression.left if isinstance(expression, Quotient) and text(expression.right) == below else expression


def _denominators(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Quotient):
        yield text(expression.right)
    for child in expression.children:
        yield from _denominators(child)


def _replaced(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """A formula with a change at every place of it, the inner ones first."""
    return change(with_parts(expression, lambda part: _replaced(part, change)))
