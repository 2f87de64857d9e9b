"""The theorem that replaces a table of gradients.

If u[β(m)] ⊕= f(m) reads a[α(m)], then for ⊕ a sum  ā[α(m)] += ū[β(m)]·∂f/∂a:  the read and the write map change
places. For max and min the same holds where m is the winner, for prod with the product of the other factors, for
logsumexp with exp(f − u). What comes out is a node of the same kind, so there is nothing more to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..graph.node import Map, Node, plain_map
from ..graph.scalar import (
    ONE,
    ZERO,
    Affine,
    Apply,
    Index,
    Read,
    Scalar,
    affine,
    apply,
    move,
    move_affine,
    number,
    position,
    subtract,
    walk,
    where,
)
from ..graph.size import Size
from .derivative import derivative, in_terms_of, times

TWO, HALF = number(2), number(Fraction(1, 2))


@dataclass(frozen=True)
class Contribution:
    """target[write(m)] += body(m) for m over the box: what one read of the target adds to its adjoint."""

    box: tuple[Size, ...]
    write: tuple[Affine, ...]
    guarded: bool
    body: Scalar
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Lead:
    """The axes of the tensor that is differentiated, if it is not a scalar: they come first in every adjoint."""

    extents: tuple[Size, ...]

    @property
    def indices(self) -> tuple[Affine, ...]:
        return tuple(affine(Index(axis)) for axis in range(len(self.extents)))

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(f"e{axis}" for axis in range(len(self.extents)))

    def behind(self, term: Scalar, count: int) -> Scalar:
        """A body over `count` indices as one over (lead, those indices)."""
        return move(term, self._shift(count)) if self.extents else term

    def before(self, subscripts: tuple[Affine, ...], count: int) -> tuple[Affine, ...]:
        """The lead indices, and subscripts in `count` indices that come behind them."""
        if not self.extents:
            return subscripts
        return self.indices + tuple(move_affine(form, self._shift(count)) for form in subscripts)

    def _shift(self, count: int) -> dict[Index, Affine]:
        return {Index(k): affine(Index(k + len(self.extents))) for k in range(count)}


def contribution(node: Map, read: Read, upstream: Scalar, slope: Scalar, lead: Lead) -> Contribution:
    """What `read` in `node` adds to the adjoint of the tensor it reads; `slope` is its local derivative.

    `upstream` is ū as a body over (lead, m): the adjoint of the element that m writes.
    """
    write = lead.before(read.subscripts, len(node.box))
    body = times(upstream, lead.behind(slope, len(node.box)))
    return Contribution(lead.extents + node.box, write, read.guarded, body, lead.labels + node.labels)


def local_derivative(node: Map, read: Read) -> Scalar:
    """∂u[β(m)]/∂read at m, over the node's own box."""
    slope = derivative(node.body, read)
    if slope is ZERO or node.reduce in ("argmax", "argmin"):
        return ZERO
    if _sums_squares(read.tensor) and _has_root(node.body, read):
        slope = where(apply("eq", read, ZERO), ZERO, slope)
    own = Read(node, node.write, node.guarded)
    if node.reduce is None:
        return in_terms_of(own, node.body, slope) if node.plain else slope
    return times(REDUCED[node.reduce](node, own), slope) if node.reduce in REDUCED else slope


def _sums_squares(tensor: Node) -> bool:
    """Zero only where each term is, and then each has slope 0: a norm has a kink there, and 0 is a subgradient."""
    return isinstance(tensor, Map) and tensor.reduce == "sum" and _is_square(tensor.body)


def _is_square(body: Scalar) -> bool:
    if not isinstance(body, Apply) or body.operation not in ("pow", "mul") or len(body.arguments) != 2:
        return False
    first, second = body.arguments
    return second is TWO if body.operation == "pow" else second is first


def _has_root(body: Scalar, read: Read) -> bool:
    return any(
        isinstance(part, Apply) and part.operation == "pow" and part.arguments == (read, HALF) for part in walk(body)
    )


def _winner(node: Map, own: Read) -> Scalar:
    """1 where m is the first to reach the extreme: m's place among the reduced indices is the winner's."""
    first = Map(None, node.extents, node.box, node.write, node.guarded, f"arg{node.reduce}", node.body, node.labels)
    place = affine(0)
    for index in node.reduced:
        place = place.scaled(node.box[index.key]) + affine(index)
    return where(apply("eq", position(place), first.read(node.write)), ONE, ZERO)


def _other_factors(node: Map, own: Read) -> Scalar:
    """The product over the other places of the reduced box: right where factors are 0, and twice differentiable."""
    moved = {index: Index(len(node.box) + k) for k, index in enumerate(node.reduced)}
    same = [apply("eq", position(new), position(old)) for old, new in moved.items()]
    here = same[0]
    for one in same[1:]:
        here = apply("and", here, one)
    body = where(here, ONE, move(node.body, {old: affine(new) for old, new in moved.items()}))
    over = tuple(node.box[index.key] for index in node.reduced)
    others = plain_map(None, node.box, body, (*node.labels, *(f"{node.labels[i.key]}_" for i in moved)), "prod", over)
    return others.read(affine(Index(k)) for k in range(len(node.box)))


def _share(node: Map, own: Read) -> Scalar:
    """The share of this term in the sum of exponentials."""
    return apply("exp", subtract(node.body, own))


# ∂(reduction)/∂(its term at m), for the reductions that are not sums.
REDUCED = {"max": _winner, "min": _winner, "prod": _other_factors, "logsumexp": _share}


def seed(of: Node, upstream: Node | None) -> tuple[Lead, Scalar]:
    """The lead axes and the adjoint of `of` itself: 1 for a scalar, an upstream's value, or the delta of a Jacobian."""
    if upstream is not None:
        return Lead(()), whole(upstream)
    body: Scalar = ONE
    for axis in reversed(range(of.rank)):
        here = apply("eq", position(Index(axis)), position(Index(of.rank + axis)))
        body = where(here, body, ZERO)
    return Lead(of.extents), body


def whole(tensor: Node) -> Read:
    """The tensor's element at the box's own place."""
    return tensor.read(affine(Index(axis)) for axis in range(tensor.rank))
