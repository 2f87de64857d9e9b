"""Kernels that run the other way round: a convolution where a cross-correlation was meant, or the other way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from graphc.syntax import Expression, Name, Negative, Number, Reduce, Subscript, Sum, parse_expression

from .edits import Edit, with_child


def flipped(expression: Expression, extents: Mapping[str, Sequence[str]]) -> Iterator[Edit]:
    """Tensors of known shape whose reduced axes are read backwards: one tensor at a time, all of a window's axes."""
    for name in extents:
        changed = _backwards(expression, name, extents[name], frozenset())
        if changed is not expression:
            yield changed, "flipped-kernel"


def _backwards(expression: Expression, name: str, extents: Sequence[str], reduced: frozenset[str]) -> Expression:
    if isinstance(expression, Reduce):
        windows = reduced | {index.name for index in expression.indices if _slides(expression.body, index.name)}
        body = _backwards(expression.body, name, extents, windows)
        return expression if body is expression.body else Reduce(expression.kind, expression.indices, body)
    if isinstance(expression, Subscript) and isinstance(expression.base, Name) and expression.base.name == name:
        turned = tuple(
            _from_the_end(part, extent) if isinstance(part, Name) and part.name in reduced else part
            for part, extent in zip(expression.subscripts, extents, strict=False)
        )
        return Subscript(expression.base, turned) if turned != expression.subscripts else expression
    changed = expression
    for place, child in enumerate(expression.children):
        made = _backwards(child, name, extents, reduced)
        if made is not child:
            changed = with_child(changed, place, made) or changed
    return changed


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
