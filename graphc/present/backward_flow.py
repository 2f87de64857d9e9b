"""What is written along a backward graph: local derivatives on its edges, adjoints in its boxes, where they are short.

Both are the derivation's own. Where whole tensors say it, indices are left out: y(1 − y), Wᵀ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..calculus.differentiate import differentiate
from ..derivation.edge import Edge
from ..derivation.graphs import Blocks
from ..derivation.matrix import matrix
from ..derivation.naming import Names, Values
from ..derivation.paper import on_paper
from ..derivation.step import Derivative
from ..graph.node import Map, Node, order, plain_map
from ..graph.rebuild import rebuild
from ..graph.scalar import Affine, Read, Scalar, position
from ..graph.size import Size
from ..graph.text import written
from ..language import expression as e
from .backward import Flow, derivative, names_of, on_path
from .boxes import columns
from .layers import layers
from .notation.text import text

if TYPE_CHECKING:
    from ..graph.network import Network

LONGEST = 42  # columns of an adjoint; what takes more goes by its name
SHORTER = 5  # columns by which an adjoint has to be shorter than what stands on the arrow already
WIDEST, SHORT = 40, 30  # columns of each line of a slope; what is longer than SHORT stands on two lines


EXTREMES = {"max": "1 at the maximum, else 0", "min": "1 at the minimum, else 0"}


def flow(net: Network, of: Node, wrt: Sequence[Node]) -> Flow:
    """Everything that is written between `of` and each w."""
    found = layers(net)
    named, path = names_of(found, of, wrt), on_path(found, of, wrt)
    names = Names(order([of, *wrt]), net.nodes)
    names.of |= named
    blocks = Blocks(of, wrt, names)
    direct = {
        (of, by) for by, edges in blocks.incoming.items() if len(edges) > 1 and any(edge.of is of for edge in edges)
    }
    said = _Said(of, names, Values(net.nodes.values()), direct)
    slopes: dict[tuple[Node, Node], str] = {}
    alone: dict[Node, str] = {}  # what only `of` reads: its adjoint stands on the arrow, unless it became shorter
    for by, edges in blocks.incoming.items():
        for edge in edges:
            line = said.picked(edge) if _picks(edge) else said.slope(edge)
            if not blocks.inside(edge.of) and max(map(columns, line.split("\n"))) <= WIDEST:  # it has no other way
                slopes[edge.of, by] = line
                alone |= {by: line} if edge.of is of and len(edges) == 1 else {}
    adjoints = said.adjoints([node for node in named if node in path and node is not of])
    most = {node: columns(alone[node]) - SHORTER if node in alone else LONGEST for node in adjoints}
    short = {node: line for node, line in adjoints.items() if columns(line) <= min(most[node], LONGEST)}
    return Flow(slopes, short, direct)


class _Said:
    """Derivatives as they are written."""

    def __init__(self, of: Node, names: Names, values: Values, direct: Collection[tuple[Node, Node]]) -> None:
        self.of, self.names, self.values, self.direct = of, names, values, direct
        self.derivatives: dict[str, Derivative] = {}
        self.extents: dict[str, tuple[Size, ...]] = {name: node.extents for node, name in names.of.items()}

    def slope(self, edge: Edge) -> str:
        """∂z/∂x = Wᵀ."""
        of, by = self.names.of[edge.of], self.names.of[edge.by]
        of_at, by_at = (tuple(self._form(form, edge) for form in forms) for forms in (edge.of_at, edge.by_at))
        axes, body = self.names.expression(self._map(self.values.named(edge.body)[0], edge.box, edge.labels))
        direct = (edge.of, edge.by) in self.direct
        line = self._equation(Derivative("", (), of, of_at, by, by_at, direct=direct), body, axes)
        return line if columns(line) <= SHORT else line.replace(" = ", "\n= ", 1)

    def picked(self, edge: Edge) -> str:
        """∂s/∂c = 1 at the maximum, and 0 elsewhere: as a formula it says which place is the first to reach it."""
        named = derivative(self.names.of[edge.of], self.names.of[edge.by], (edge.of, edge.by) in self.direct)
        return f"{named}\n= {EXTREMES[edge.of.reduce or '']}"

    def adjoints(self, path: Sequence[Node]) -> dict[Node, str]:
        """Each in terms of those that it is made of: ∂L/∂W = xᵀ ∂L/∂z."""
        gradients = dict(zip(path, self._on_paper(differentiate(self.of, path)), strict=True))
        called: dict[Node, str] = dict(self.names.of)
        for node, gradient in gradients.items():
            if isinstance(gradient, Map) and gradient not in called:
                called[gradient] = name = self.names.derivative(self.names.of[self.of], self.names.of[node])
                indices = tuple(f"i{axis}" for axis in range(gradient.rank))
                self.derivatives[name] = replace(self._left(node, indices), parameters=indices)
                self.extents[name] = gradient.extents
        found: dict[Node, str] = {}
        for node, gradient in gradients.items():
            if isinstance(gradient, Map):
                axes, body = written(gradient, {**called, gradient: None}.get)
                found[node] = self._equation(self._left(node, [axis.name for axis in axes]), body, axes)
        return found

    def _on_paper(self, gradients: Sequence[Node]) -> list[Node]:
        """The same as a person writes them, in values that have names; what the network computes stays as it is."""
        forward = set(order([self.of]))

        def change(fresh: Map, before: Map) -> Node:
            return fresh if before in forward else fresh.over(self.values.named(on_paper(fresh.body))[0], fresh.write)

        return rebuild(gradients, change)

    def _left(self, node: Node, indices: Sequence[str]) -> Derivative:
        at = tuple(map(e.Name, indices))
        rank = self.of.rank
        return Derivative("", (), self.names.of[self.of], at[:rank], self.names.of[node], at[rank:])

    def _equation(self, left: Derivative, right: e.Expression, axes: Sequence[e.Bound]) -> str:
        """In whole tensors where that is shorter, with the axes of what is differentiated first."""
        used = {part.name for part in _names(right)}
        indices = [form.name for form in left.of_at + left.by_at if isinstance(form, e.Name) and form.name in used]
        cut = any(axis.extent is not None for axis in axes if axis.name in used)  # a part of a tensor has no name
        whole = None if cut else matrix(right, list(dict.fromkeys(indices)), self.extents) if indices else right
        lines = [self._line(left, right)]
        if whole is not None:
            lines.insert(0, self._line(replace(left, of_at=(), by_at=()), whole))
        return min(lines, key=columns)

    def _line(self, left: Derivative, right: e.Expression) -> str:
        name = e.Name("derivative")
        return text(e.Compare((name, right), ("==",)), {**self.derivatives, name.name: left})

    def _form(self, form: Affine, edge: Edge) -> e.Expression:
        return self.names.expression(self._map(position(form), edge.box, edge.labels))[1]

    def _map(self, body: Scalar, box: tuple[Size, ...], labels: tuple[str, ...]) -> Map:
        return plain_map(None, box, body, labels)


def _picks(edge: Edge) -> bool:
    return edge.of.reduce in EXTREMES and isinstance(edge.of.body, Read)


def _names(expression: e.Expression) -> Iterator[e.Name]:
    pending = [expression]
    while pending:
        part = pending.pop()
        if isinstance(part, e.Name):
            yield part
        pending += part.children
