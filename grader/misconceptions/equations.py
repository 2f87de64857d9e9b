"""Mistakes of the model itself: its statements with one formula written down wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeVar

import graphc as gc
from graphc.syntax import Call, Constant, Definition, Equation, Expression, Name, Statement, equation, formulas, text

from .axes import other_axes, with_leading
from .edits import edits, unmasked, with_child
from .everywhere import everywhere, undivided
from .kernels import flipped
from .paper import OnPaper

Part = TypeVar("Part", bound=Expression)
OFTEN_TWICE = ("dropped-factor", "missing-mean", "off-by-one", "swapped")
MOST_NAMES = 12  # tensors that are tried in the place of one


@dataclass(frozen=True)
class Slip:
    """A network's statements with one mistake among them."""

    code: str
    where: str
    said: str
    statements: tuple[Statement, ...]


def slips(network: gc.Network, needed: Sequence[str], backward: bool = False, constants: bool = True) -> Iterator[Slip]:
    """Every mistake in the equations that are needed, none of them twice; some are made in a backward pass alone."""
    seen: set[tuple[str, ...]] = set()
    if constants:
        yield from _constants(network)
    for place, statement in enumerate(network.statements):
        if isinstance(statement, Equation) and statement.name not in needed:
            continue
        if not isinstance(statement, Equation | Definition):
            continue
        for code, changed, more in _changed(network, statement, backward):
            key = (statement.name, text(changed.right), *(text(one.right) for one in more))
            if key not in seen:
                seen.add(key)
                others = network.statements
                yield Slip(code, statement.name, key[1], (*others[:place], changed, *others[place + 1 :], *more))


def both(network: gc.Network, found: Sequence[Slip]) -> Iterator[Slip]:
    """The same mistake in two equations: two slips of one code that change different statements."""
    statements = network.statements
    changes = [
        {
            place: one
            for place, one in enumerate(slip.statements)
            if place >= len(statements) or one != statements[place]
        }
        for slip in found
    ]
    alone = [(slip, change) for slip, change in zip(found, changes, strict=True) if len(change) == 1]
    for (one, left), (other, right) in combinations(alone, 2):
        if one.code == other.code and one.where != other.where and one.code in OFTEN_TWICE:
            changed = {**dict(enumerate(statements)), **left, **right}
            yield Slip(one.code, one.where, f"{one.said}; {other.said}", tuple(changed.values()))


def slips_of(network: gc.Network, paper: OnPaper) -> Iterator[Slip]:
    """The mistakes that can be made in equations beside those of the model, as a student derived them.

    A wrong axis changes the shape of a part, and so is looked for in the derivative written as one equation.
    """
    whole = network.restated([*network.statements, *paper.given, *paper.derived])
    names = [equation.name for equation in paper.derived]
    yield from slips(whole, [*names, *paper.named], constants=False)
    yield from _throughout(network, (*network.statements, *paper.given), paper.whole, paper.whole.name)


def inlined(network: gc.Network, root: Any, title: str) -> Iterator[Slip]:
    """A value of the network written as one equation, with a mistake in the whole of it."""
    written_out = {node: None for node in network.nodes.values() if node.kind == "map"}
    yield from _throughout(network, network.statements, equation(root, {**written_out, root: title}), str(root.name))


def _throughout(network: gc.Network, beside: Sequence[Statement], whole: Equation, where: str) -> Iterator[Slip]:
    for right, code in (*other_axes(whole), *everywhere(whole.right, _sizes(network))):
        yield Slip(code, where, text(right), (*beside, replace(whole, right=right)))


Change = tuple[str, Any, tuple[Definition, ...]]


def _constants(network: gc.Network) -> Iterator[Slip]:
    """Two constants exchanged."""
    places = [place for place, statement in enumerate(network.statements) if isinstance(statement, Constant)]
    for left, right in combinations(places, 2):
        changed: list[Any] = list(network.statements)
        one, other = changed[left], changed[right]
        changed[left], changed[right] = replace(one, value=other.value), replace(other, value=one.value)
        yield Slip("swapped", f"{one.name}, {other.name}", "constants exchanged", tuple(changed))


def _changed(network: gc.Network, statement: Any, backward: bool) -> Iterator[Change]:
    """One formula with a mistake in it, and the functions that it may need for that."""
    for right, code in (
        *undivided(statement.right, _sizes(network)),
        *edits(statement.right),
        *(unmasked(statement.right) if backward else ()),
    ):
        yield code, replace(statement, right=right), ()
    for right, code in (*other_axes(statement), *flipped(statement.right, _extents(network))):
        yield code, replace(statement, right=right), ()
    yield from _in_the_library(network, statement, backward)
    if isinstance(statement, Equation):
        for right in _other_names(network, statement):
            yield "wrong-point", replace(statement, right=right), ()


def _in_the_library(network: gc.Network, statement: Any, backward: bool) -> Iterator[Change]:
    """A function of the library that is written down wrong where it is called: the call is of a function of its own."""
    own = {other.name for other in network.statements if isinstance(other, Definition)}
    for call, put in places(statement.right, Call):
        if call.function in own:
            continue
        for definition in formulas(call.function):
            name = f"{call.function}_as_written"
            extents = {p.name: [text(dim) for dim in p.dims] for p in definition.parameters if p.dims is not None}
            here = replace(statement, right=put(Call(name, call.arguments, call.keywords)))
            slipped = (*edits(definition.right), *flipped(definition.right, extents))
            for right, code in (*slipped, *(unmasked(definition.right) if backward else ())):
                yield code, here, (replace(definition, name=name, right=right),)
            for spelt in (definition, *with_leading(definition)):
                for right, code in other_axes(spelt):
                    yield code, here, (replace(spelt, name=name, right=right),)


def places(expression: Expression, kind: type[Part]) -> Iterator[tuple[Part, Any]]:
    """Every part of a formula that is of a kind, with a function that puts something else in its place."""
    if isinstance(expression, kind):
        yield expression, lambda other: other
    for place, child in enumerate(expression.children):
        for part, put in places(child, kind):

            def outer(other: Expression, place: int = place, put: Any = put) -> Expression:
                made = with_child(expression, place, put(other))
                return expression if made is None else made

            yield part, outer


def _extents(network: gc.Network) -> dict[str, list[str]]:
    """How long the axes of the declared tensors are, as text."""
    return {str(leaf.name): list(map(str, leaf.shape)) for leaf in (*network.inputs, *network.params) if leaf.rank}


def _sizes(network: gc.Network) -> list[str]:
    """The names of sizes, as they stand in a formula."""
    shapes = [size for leaf in (*network.inputs, *network.params) for size in leaf.shape]
    return [str(size) for size in dict.fromkeys(shapes) if str(size).isidentifier()]


def _other_names(network: gc.Network, equation: Equation) -> Iterator[Expression]:
    """Another tensor of the same shape where one is read."""
    for part, put in places(equation.right, Name):
        name = part.name
        if name not in network:
            continue
        node = network[name]
        others = [
            other for other, found in network.nodes.items()
            if found.extents == node.extents and other not in (name, equation.name) and found.integer == node.integer
        ]  # fmt: skip
        for other in others[-MOST_NAMES:]:
            yield put(Name(other))
