"""A derivative as it comes out on paper: an equation for each sum that has to be taken on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import graphc as gc
from graphc.syntax import (
    Call,
    Equation,
    Expression,
    Name,
    Number,
    Reduce,
    Statement,
    Subscript,
    equation,
    parse_statement,
)

from ..references import walk
from .edits import with_parts


@dataclass(frozen=True)
class OnPaper:
    """`given` declare what comes from outside; the last of `derived` is what was asked for, and `whole` all in one."""

    given: tuple[Statement, ...]
    derived: tuple[Equation, ...]
    whole: Equation
    named: tuple[str, ...]  # tensors of the network that `derived` reads


def on_paper(network: gc.Network, root: Any, title: str, upstream: Any | None = None) -> OnPaper:
    """The equations that compute a node beside those of the network; the last is called by the title."""
    known = {node: node.name for node in walk(list(network.nodes.values()))}
    alike = {node.called(None): name for node, name in known.items() if name and node.kind == "map"}
    given, outside = _received(upstream)
    names = dict(outside)
    own: list[Any] = []
    for node in walk([root]):
        if node.kind != "map" or known.get(node) is not None:
            continue
        if node is not root and alike.get(node.called(None)):
            names[node] = str(alike[node.called(None)])
        elif node is root or node.reduce is not None or node.name is not None:
            names[node] = title if node is root else f"part{len(own) + 1}_"
            own.append(node)
    unnamed = {node: None for node in own if node.name is not None}
    whole = equation(root, {**unnamed, **outside, root: title})
    values = [equation(node, names) for node in network.nodes.values() if node.kind == "map"]
    derived = [equation(node, names) for node in own]
    called = _needed([replace(one, right=_by_name(one.right, values)) for one in derived])
    named = tuple(value.name for value in values if any(_reads(one.right, value.name) for one in called))
    return OnPaper(given, called, whole, named)


def _needed(equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """Those that the last one reads, directly or through others."""
    kept: list[Equation] = [equations[-1]]
    for equation_ in reversed(equations[:-1]):
        if any(_reads(one.right, equation_.name) for one in kept):
            kept.append(equation_)
    return tuple(reversed(kept))


def _reads(expression: Expression, name: str) -> bool:
    if isinstance(expression, Name):
        return expression.name == name
    return any(_reads(child, name) for child in expression.children)


def _by_name(expression: Expression, values: Sequence[Equation]) -> Expression:
    """What the network has a name for is called by it: `p[i,j]` for the exponential that defines it."""
    for value in values:
        if isinstance(value.right, Name | Number):
            continue
        axes = [index.name for index in value.indices or ()]
        found: dict[str, str] = {}
        if _matches(value.right, expression, frozenset(axes), found) and len(found) == len(axes):
            read = tuple(Name(found[axis]) for axis in axes)
            return Subscript(Name(value.name), read) if read else Name(value.name)
    return with_parts(expression, lambda part: _by_name(part, values))


def _matches(pattern: Expression, expression: Expression, axes: frozenset[str], found: dict[str, str]) -> bool:
    """Whether an expression is the pattern with other names for its axes."""
    if isinstance(pattern, Name):
        if not isinstance(expression, Name):
            return False
        if pattern.name in axes:
            return found.setdefault(pattern.name, expression.name) == expression.name
        return pattern is expression
    if type(pattern) is not type(expression) or len(pattern.children) != len(expression.children):
        return False
    if not pattern.children:
        return pattern is expression
    if isinstance(pattern, Call) and pattern.function != expression.function:  # type: ignore[attr-defined]
        return False
    if isinstance(pattern, Reduce):
        return pattern is expression
    pairs = zip(pattern.children, expression.children, strict=True)
    return all(_matches(one, other, axes, found) for one, other in pairs)


def _received(upstream: Any | None) -> tuple[tuple[Statement, ...], dict[Any, str]]:
    """The upstream gradient as an input. Where an axis is as long as others say, it is given that length by a copy."""
    if upstream is None:
        return (), {}
    plain = [isinstance(size, int) or size.isidentifier() for size in upstream.shape]
    name = upstream.name
    dims = [str(size) if plain[axis] else f"{name}_{axis}" for axis, size in enumerate(upstream.shape)]
    declared = parse_statement(f"input {name}[{', '.join(dims)}]" if dims else f"input {name}")
    if all(plain):
        return (declared,), {}
    bound = ",".join(f"i{axis}_<{size}" for axis, size in enumerate(upstream.shape))
    read = ",".join(f"i{axis}_" for axis in range(upstream.rank))
    copied = parse_statement(f"{name}_[{bound}] = inside({name}[{read}])")
    return (declared, copied), {upstream: f"{name}_"}
