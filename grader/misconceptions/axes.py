"""Reductions along the wrong axis: over the index that should have stayed, with the reduced one left standing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphc.syntax import Bound, Definition, Ellipsis_, Expression, Name, Reduce, Subscript

from .edits import Edit, with_parts

LEADING = ("rows_", "before_")  # indices for the axes that `...` stands for, as many as are tried


def other_axes(statement: Any) -> Iterator[Edit]:
    """The right side with its reductions along another axis: `mean[k](x[n,k])` as `mean[k](x[k,i])`, or over both.

    All reductions that run beside the same index are changed together, as who takes the wrong axis for a mean takes it
    for the variance too.
    """
    axes = [index.name for index in statement.indices or () if isinstance(index, Bound)]
    axes += [name for name in _bound(statement.right) if name not in axes]
    for lost in axes:
        for kept in [*(name for name in axes if name != lost), None]:
            for innermost in (False, True):
                changed = _along(statement.right, lost, kept, innermost)
                if changed is not statement.right:
                    yield changed, "wrong-axis"


def _bound(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Reduce):
        yield from (index.name for index in expression.indices)
    for child in expression.children:
        yield from _bound(child)


def _along(expression: Expression, lost: str, kept: str | None, innermost: bool) -> Expression:
    """Reductions that reduce `lost` too, and leave `kept` standing where they reduced an index of their own."""
    if isinstance(expression, Reduce):
        index = expression.indices[0]
        body = _along(expression.body, lost, kept if kept is None else index.name, innermost)
        bound = {one.name for one in expression.indices}
        stays = len(bound) > 1 or index.extent is not None or lost in bound or not _reads(body, lost)
        if stays or (innermost and any(_bound(expression.body))):
            return expression if body is expression.body else Reduce(expression.kind, expression.indices, body)
        if kept is None:
            indices = (*expression.indices, Bound(f"{lost}_"))
            return Reduce(expression.kind, indices, _renamed(body, {lost: f"{lost}_"}))
        turned = _renamed(body, {lost: f"{index.name}_", index.name: kept})
        return Reduce(expression.kind, (Bound(f"{index.name}_"),), turned)
    return with_parts(expression, lambda part: _along(part, lost, kept, innermost))


def _reads(expression: Expression, name: str) -> bool:
    return (isinstance(expression, Name) and expression.name == name) or any(
        _reads(c, name) for c in expression.children
    )


def _renamed(expression: Expression, mapping: Mapping[str, str]) -> Expression:
    """Indices by other names, all at once; a reduction inside keeps its own."""
    if isinstance(expression, Name):
        return Name(mapping.get(expression.name, expression.name))
    if isinstance(expression, Reduce):
        inner = {
            one: other for one, other in mapping.items() if one not in {index.name for index in expression.indices}
        }
        return Reduce(expression.kind, expression.indices, _renamed(expression.body, inner))
    return with_parts(expression, lambda part: _renamed(part, mapping))


def with_leading(definition: Definition) -> Iterator[Definition]:
    """A function of any leading axes as one of a matrix, and of a tensor of three axes."""
    if not any(isinstance(index, Ellipsis_) for index in definition.indices or ()):
        return
    for count in range(1, len(LEADING) + 1):
        names = LEADING[:count]
        indices = tuple(one for index in definition.indices or () for one in _spelt(index, tuple(map(Bound, names))))
        parameters = tuple(
            parameter
            if parameter.dims is None
            else replace(
                parameter,
                dims=tuple(one for dim in parameter.dims for one in _spelt(dim, tuple(Name(n.upper()) for n in names))),
            )
            for parameter in definition.parameters
        )
        yield replace(definition, indices=indices, parameters=parameters, right=_spelt_out(definition.right, names))


def _spelt(part: Expression, names: tuple[Expression, ...]) -> tuple[Expression, ...]:
    return names if isinstance(part, Ellipsis_) else (part,)


def _spelt_out(expression: Expression, names: tuple[str, ...]) -> Expression:
    if isinstance(expression, Subscript):
        parts = tuple(one for part in expression.subscripts for one in _spelt(part, tuple(map(Name, names))))
        return Subscript(expression.base, parts)
    return with_parts(expression, lambda part: _spelt_out(part, names))
