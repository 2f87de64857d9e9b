"""The same mistake wherever it can be made: who takes the wrong axis for a mean takes it for the variance too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from graphc.syntax import Expression, Quotient, Reduce, text

from .edits import Edit, with_child

REDUCTIONS = {"mean": ("sum", "missing-mean"), "sum": ("mean", "extra-mean")}


def everywhere(expression: Expression) -> Iterator[Edit]:
    """All means sums, or all sums means; and all quotients by the same number of elements left out."""
    for kind, (other, code) in REDUCTIONS.items():
        changed = _replaced(expression, partial(_reduction, kind=kind, other=other))
        if changed is not expression:
            yield changed, code
    for below in dict.fromkeys(_denominators(expression)):
        changed = _replaced(expression, partial(_quotient, below=below))
        yield changed, "missing-mean" if below.isidentifier() else "dropped-factor"


def _reduction(expression: Expression, kind: str, other: str) -> Expression:
    if isinstance(expression, Reduce) and expression.kind == kind:
        return Reduce(other, expression.indices, expression.body)
    return expression


def _quotient(expression: Expression, below: str) -> Expression:
    return expression.left if isinstance(expression, Quotient) and text(expression.right) == below else expression


def _denominators(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Quotient):
        yield text(expression.right)
    for child in expression.children:
        yield from _denominators(child)


def _replaced(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """A formula with a change at every place of it, the inner ones first."""
    changed = expression
    for place, child in enumerate(expression.children):
        made = _replaced(child, change)
        if made is not child:
            changed = with_child(changed, place, made) or changed
    return change(changed)
