"""The local derivative ∂u/∂v of one equation, its indices matched: ∂z[n,j]/∂W[k,j] = x[n,k].

The theorem of `calculus.adjoint` has the matched form already: a read and the write map are the two ends. Where u
reads v in several ways, what the ends share stays matched and the rest are deltas: p[n,j]·(δᵢⱼ − p[n,i]).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass

from ..calculus.adjoint import Contribution, local_derivative
from ..calculus.collect import inside, reordered
from ..calculus.derivative import derivative
from ..graph.node import Map, Node
from ..graph.scalar import (
    ONE,
    ZERO,
    Affine,
    Index,
    Read,
    Scalar,
    add,
    affine,
    apply,
    indices,
    move,
    move_affine,
    mul,
    position,
    where,
)
from ..graph.size import Size
from .joining import joined, relabelled
from .paper import common, on_paper
from .sums import nested, settled


class TooTangled(Exception):
    """This derivative is no single formula: some unnamed parts have to be named first."""

    def __init__(self, parts: Collection[Map]) -> None:
        super().__init__()
        self.parts = tuple(parts)


@dataclass(frozen=True)
class Edge:
    """∂of[of_at]/∂by[by_at] over a box: `raw` as the equation says it, `body` in the values that have names.

    `ways` are the single ways in which the one reads the other.
    """

    of: Map
    by: Node
    box: tuple[Size, ...]
    labels: tuple[str, ...]
    of_at: tuple[Affine, ...]
    by_at: tuple[Affine, ...]
    guarded: bool
    raw: Scalar
    body: Scalar
    ways: tuple[Path, ...]
    values: tuple[Map, ...] = ()  # those tensors whose equations say that raw and body are equal


@dataclass(frozen=True)
class Path:
    """One way from an equation to a tensor that it reads, `through` unnamed tensors."""

    box: tuple[Size, ...]
    labels: tuple[str, ...]
    of_at: tuple[Affine, ...]
    at: tuple[Affine, ...]
    guarded: bool
    raw: Scalar
    slope: Scalar
    through: tuple[Map, ...] = ()


def paths(
    node: Map, stops: Collection[Node], active: Collection[Node], taken: Collection[str]
) -> Iterator[tuple[Node, Path]]:
    """Every way from a tensor's equation to the active tensors it reads; unnamed ones are walked through.

    Those through a flat function carry nothing: their slope is 0.
    """
    start = Path(node.box, relabelled(node.labels, taken), node.write, (), False, ONE, ONE)
    pending: list[tuple[Map, Path, dict[Index, Affine]]] = [(node, start, {})]
    while pending:
        tensor, path, place = pending.pop()
        for read in tensor.reads:
            if read.tensor not in active:
                continue
            raw, slope = _slopes(tensor, read)
            further = Path(
                path.box,
                path.labels,
                path.of_at,
                tuple(move_affine(form, place) for form in read.subscripts),
                read.guarded,
                mul(path.raw, move(raw, place)),
                mul(path.slope, move(slope if tensor is node else raw, place)),
                path.through,
            )
            if read.tensor in stops:
                yield read.tensor, further
            elif further.raw is not ZERO:
                pending.append(_entered(further, read, taken))
            else:
                with suppress(TooTangled):  # what carries nothing is not worth a name
                    pending.append(_entered(further, read, taken))


def _slopes(tensor: Map, read: Read) -> tuple[Scalar, Scalar]:
    """The local derivative as the equation says it, and written in the tensor's own values."""
    named = local_derivative(tensor, read)
    return (derivative(tensor.body, read) if tensor.reduce is None and named is not ZERO else named), named


def _entered(path: Path, read: Read, taken: Collection[str]) -> tuple[Map, Path, dict[Index, Affine]]:
    """The path inside an unnamed tensor."""
    inner = read.tensor
    assert isinstance(inner, Map)
    guarded = read.guarded or inner.guarded
    both = joined(path.box, path.labels, path.at, inner.box, inner.labels, inner.write, inner.extents, taken)
    if both is None or guarded:
        raise TooTangled((inner,))
    of_at = tuple(move_affine(form, both.first) for form in path.of_at)
    raw, slope = move(path.raw, both.first), move(path.slope, both.first)
    return inner, Path(both.box, both.labels, of_at, (), False, raw, slope, (*path.through, inner)), both.second


def edge(of: Map, by: Node, ways: list[Path], taken: Collection[str]) -> Edge:
    """One formula for all ways."""
    if len(ways) == 1 and _tells_apart(ways[0]) and not _shifted(ways[0]):
        return _matched(of, by, ways[0], taken)
    return _with_deltas(of, by, ways, taken)


def _shifted(way: Path) -> bool:
    """Whether a guarded read is at places of single indices, as in a concatenation: there a delta says all."""
    return way.guarded and all(len(form.terms) == 1 and isinstance(form.terms[0][0], Index) for form in way.at)


def _outer(way: Path) -> list[Index]:
    """The indices that the one end mentions."""
    found: dict[Index, None] = {}
    for form in way.of_at:
        for atom, _ in form.terms:
            found.update(dict.fromkeys([atom] if isinstance(atom, Index) else indices(atom)))
    return sorted(found, key=lambda index: index.key)


def ends(way: Path) -> list[Index]:
    """The indices that the two ends mention: those of the one, then those of the axes of the other."""
    found = dict.fromkeys(_outer(way))
    for form in way.at:
        for atom, _ in form.terms:
            found.update(dict.fromkeys([atom] if isinstance(atom, Index) else indices(atom)))
    return list(found)


def _tells_apart(way: Path) -> bool:
    """Whether, with the one end held, each place of the sum reads another element."""
    known = set(_outer(way))
    forms = [form for form in way.at if not form.gathers]
    unknown = {atom for form in forms for atom, _ in form.terms} - known
    while unknown:
        solved = None
        for form in forms:
            open_ = [atom for atom, _ in form.terms if atom not in known]
            solved = open_[0] if len(open_) == 1 else solved
        if solved is None:
            return False
        known.add(solved)  # type: ignore[arg-type]
        unknown.discard(solved)
    looked_up = {index for form in way.at for read in form.gathers for index in indices(read)}
    return looked_up <= known


def _matched(of: Map, by: Node, way: Path, taken: Collection[str]) -> Edge:
    kept = ends(way)
    rest = [Index(k) for k in range(len(way.box)) if Index(k) not in kept]

    def summed(body: Scalar) -> Scalar:
        return nested(reordered(Contribution(way.box, (), False, body, way.labels), kept + rest), len(kept))

    number = {index: affine(Index(k)) for k, index in enumerate(kept)}
    return Edge(
        of,
        by,
        tuple(way.box[index.key] for index in kept),
        relabelled(_labels(by, way, kept), taken),
        tuple(move_affine(form, number) for form in way.of_at),
        tuple(move_affine(form, number) for form in way.at),
        way.guarded,
        on_paper(summed(on_paper(way.raw, of)), of),
        on_paper(summed(on_paper(way.slope, of)), of),
        (way,),
    )


def _labels(by: Node, way: Path, kept: list[Index]) -> list[str]:
    """The labels of the one end stay; what is new is called as the other end calls its axes, if that is computed."""
    outer = _outer(way)
    own = {way.labels[index.key] for index in outer}
    wishes = {index: way.labels[index.key] for index in kept}
    if isinstance(by, Map) and by.plain:
        for axis, form in enumerate(way.at):
            index, label = form.plain, by.labels[axis] if axis < len(by.labels) else ""
            if index is not None and index not in outer and label and label not in own:
                wishes[index] = label
    return [wishes[index] for index in kept]


def _with_deltas(of: Map, by: Node, ways: list[Path], taken: Collection[str]) -> Edge:
    """Axes of the other end that all ways reach in the same way stay matched; the others get an index and deltas."""
    outer = _outer(ways[0])
    if any(_outer(way) != outer or way.of_at != ways[0].of_at for way in ways):
        raise TooTangled([part for way in ways for part in way.through])
    number = {index: affine(Index(k)) for k, index in enumerate(outer)}
    box, labels = [ways[0].box[index.key] for index in outer], [ways[0].labels[index.key] for index in outer]
    by_at: list[Affine] = []
    free: list[int] = []
    for axis, extent in enumerate(by.extents):
        forms = [way.at[axis] for way in ways]
        shared = all(form is forms[0] for form in forms) and not forms[0].gathers
        safe = not any(way.guarded for way in ways) or inside(forms[0], extent, ways[0].box)
        if shared and safe and all(atom in number for atom, _ in forms[0].terms):
            by_at.append(move_affine(forms[0], number))
            continue
        wishes = [
            (way.labels[form.plain.key])
            for way, form in zip(ways, forms, strict=True)
            if form.plain and form.plain not in number
        ]
        by_at.append(affine(Index(len(box))))
        free.append(axis)
        box.append(extent)
        labels.append(wishes[0] if wishes else "k")
    rank = len(box)

    def summed(way: Path, body: Scalar) -> Scalar:
        extra = [Index(k) for k in range(len(way.box)) if Index(k) not in number]
        place = number | {index: affine(Index(rank + k)) for k, index in enumerate(extra)}
        whole = mul(on_paper(move(body, place), of))
        for axis in free:
            here = apply("eq", position(move_affine(way.at[axis], place)), position(by_at[axis]))
            whole = mul(whole, where(here, ONE, ZERO))
        sizes = (*box, *(way.box[index.key] for index in extra))
        names = (*labels, *(way.labels[index.key] for index in extra))
        write = tuple(affine(Index(k)) for k in range(rank))
        return settled(Contribution(sizes, write, False, whole, names), tuple(box))

    return Edge(
        of,
        by,
        tuple(box),
        relabelled(labels, taken),
        tuple(move_affine(form, number) for form in ways[0].of_at),
        tuple(by_at),
        False,
        common(on_paper(add(*(summed(way, way.raw) for way in ways)), of)),
        common(on_paper(add(*(summed(way, way.slope) for way in ways)), of)),
        tuple(ways),
    )
