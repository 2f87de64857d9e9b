"""Kernels that run the other way round: a convolution where a cross-correlation was meant, or the other way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from graphc.syntax import Bound, Expression, Name, Negative, Number, Reduce, Subscript, Sum, parse_expression

from .edits import Edit, with_parts


def flipped(expression: Expression, extents: Mapping[str, Sequence[str]]) -> Iterator[Edit]:
    """A tensor of known shape read backwards along the axes of a window: along all of them, or along one."""
    windows = sorted(set(_windows(expression)))
    for name in extents:
        for turned in [windows, *([index] for index in windows if len(windows) > 1)]:
            changed = _backwards(expression, name, extents[name], frozenset(turned))
            if changed is not expression:
                yield changed, "flipped-kernel"


def _windows(expression: Expression) -> Iterator[str]:
    """The reduced indices that are added to another one in some subscript."""
    if isinstance(expression, Reduce):
        yield from (index.name for index in expression.indices if _slides(expression.body, index.name))
    for child in expression.children:
        yield from _windows(child)


def _backwards(expression: Expression, name: str, extents: Sequence[str], turned: frozenset[str]) -> Expression:
    if isinstance(expression, Reduce):
        body = _backwards(expression.body, name, extents, turned)
        if body is expression.body:
            return expression
        lengths = _lengths(body, name, extents)
        indices = tuple(Bound(index.name, lengths.get(index.name, index.extent)) for index in expression.indices)
        return Reduce(expression.kind, indices, body)
    if isinstance(expression, Subscript) and isinstance(expression.base, Name) and expression.base.name == name:
        parts = tuple(
            _from_the_end(part, extent) if isinstance(part, Name) and part.name in turned else part
            for part, extent in zip(expression.subscripts, extents, strict=False)
        )
        return Subscript(expression.base, parts) if parts != expression.subscripts else expression
    return with_parts(expression, lambda part: _backwards(part, name, extents, turned))


def _lengths(expression: Expression, name: str, extents: Sequence[str]) -> dict[str, Expression]:
    """How far an index runs that is read from the end, which no read of its own says any more."""
    found: dict[str, Expression] = {}
    if isinstance(expression, Subscript) and isinstance(expression.base, Name) and expression.base.name == name:
        for part, extent in zip(expression.subscripts, extents, strict=False):
            size = parse_expression(extent)[0]
            if isinstance(part, Sum) and part.terms[0] is size and isinstance(part.terms[-1], Negative):
                index = part.terms[-1].operand
                found |= {index.name: size} if isinstance(index, Name) else {}
    for child in expression.children:
        found |= _lengths(child, name, extents)
    return found


def _slides(expression: Expression, index: str) -> bool:
    """Whether an index is added to another one in some subscript, as that of a window is."""
    if isinstance(expression, Subscript):
        return any(isinstance(part, Sum) and _names(part, index) for part in expression.subscripts)
    return any(_slides(child, index) for child in expression.children)


def _names(expression: Expression, index: str) -> bool:
    return (isinstance(expression, Name) and expression.name == index) or any(
        _names(c, index) for c in expression.children
    )


def _from_the_end(index: Expression, extent: str) -> Expression:
    size = parse_expression(extent)[0]
    return Sum((size, Negative(Number(Fraction(1))), Negative(index)))
