"""The product of local derivatives along a path, in one box."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ..calculus.adjoint import Contribution
from ..graph.scalar import Affine, Index, Scalar, move, move_affine, mul
from .edge import Edge
from .joining import joined
from .page import Box, Labels, places


@dataclass(frozen=True)
class Chain:
    """∂of[of_at]/∂by[at] along one path; each factor with the places at which it stands in the common box."""

    box: Box
    labels: Labels
    of_at: tuple[Affine, ...]
    at: tuple[Affine, ...]
    factors: tuple[tuple[Edge, tuple[Affine, ...]], ...]

    def product(self, factor: Callable[[Edge], Scalar]) -> Contribution:
        """The product, with each local derivative as `factor` says it."""
        parts = (move(factor(edge), {Index(k): form for k, form in enumerate(at)}) for edge, at in self.factors)
        return Contribution(self.box, self.of_at + self.at, False, mul(*parts), self.labels)


def chain(edges: Sequence[Edge], taken: Collection[str]) -> Chain | None:
    """The product along these local derivatives, or None where their places do not fit into one box."""
    found: Chain | None = None
    for edge in edges:
        if edge.guarded or edge.of.guarded:
            return None
        if found is None:
            found = Chain(edge.box, edge.labels, edge.of_at, edge.by_at, ((edge, places(len(edge.box))),))
            continue
        both = joined(found.box, found.labels, found.at, edge.box, edge.labels, edge.of_at, edge.of.extents, taken)
        if both is None:
            return None
        earlier = tuple((one, tuple(move_affine(form, both.first) for form in at)) for one, at in found.factors)
        here = tuple(move_affine(form, both.second) for form in places(len(edge.box)))
        found = Chain(
            both.box,
            both.labels,
            tuple(move_affine(form, both.first) for form in found.of_at),
            tuple(move_affine(form, both.second) for form in edge.by_at),
            (*earlier, (edge, here)),
        )
    return found
