"""Names that mean one thing each: an index that is called like a tensor, or like a size, gets another name.

In a network's text `k[i] = sum[k](x[i,k])` says what it says, since the inner k is the index; where lines of several
scopes are compared, only one of the two can be called k.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from functools import lru_cache

from ..judge.givens import Statement
from ..judge.total import mentioned
from ..language.expression import Bound, Equation, Expression, Name, Reduce, Subscript
from .scalar_terms import rebuilt, walked


def apart(index: str, taken: Collection[str]) -> str:
    return f"{index}_at" if index in taken else index


def equation_apart(equation: Statement, tensors: Set[str]) -> Statement:
    """With other names for its indices that are called like tensors."""
    if not isinstance(equation, Equation):
        return equation
    own = () if equation.indices is None else equation.indices
    right = bound_apart(equation.right, tensors, frozenset(bound.name for bound in own))
    if right is equation.right and not any(bound.name in tensors for bound in own):
        return equation
    bounds = tuple(Bound(apart(bound.name, tensors), bound.extent) for bound in own)
    return Equation(equation.name, None if equation.indices is None else bounds, right, equation.span)


def bound_apart(expression: Expression, tensors: Set[str], scope: frozenset[str] = frozenset()) -> Expression:
    """With other names for those indices of its sums, and of the scope around it, that are called like tensors."""
    if tensors.isdisjoint(scope | _bounds(expression)):
        return expression
    if isinstance(expression, Name):
        return Name(apart(expression.name, tensors & scope))
    if isinstance(expression, Subscript) and isinstance(expression.base, Name):
        return Subscript(expression.base, tuple(bound_apart(at, tensors, scope) for at in expression.subscripts))
    if isinstance(expression, Reduce):
        inner = scope | {bound.name for bound in expression.indices}
        bounds = (Bound(apart(bound.name, tensors), bound.extent) for bound in expression.indices)
        return Reduce(expression.kind, tuple(bounds), bound_apart(expression.body, tensors, inner))
    return rebuilt(expression, tuple(bound_apart(child, tensors, scope) for child in expression.children))


@lru_cache(4096)
def _bounds(expression: Expression) -> frozenset[str]:
    return frozenset(part.name for part in walked(expression) if isinstance(part, Bound))


def free_apart(expression: Expression, sizes: Set[str], within: bool = False) -> Expression:
    """With another name for each free index that is called like a size: in a subscript, the index is meant."""
    if isinstance(expression, Name):
        return Name(apart(expression.name, sizes)) if within else expression
    if isinstance(expression, Subscript) and sizes & mentioned(expression):
        places = tuple(free_apart(place, sizes, True) for place in expression.subscripts)
        return Subscript(expression.base, places)
    if isinstance(expression, Reduce):
        sizes = sizes - {bound.name for bound in expression.indices}
    if not expression.children or not sizes & mentioned(expression):
        return expression
    return rebuilt(expression, tuple(free_apart(child, sizes, within) for child in expression.children))
