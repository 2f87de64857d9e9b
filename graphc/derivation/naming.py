"""Names: of derivatives, of parts that the network left unnamed, of indices; and values that have a name already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ..graph.node import Leaf, Map, Node
from ..graph.scalar import Affine, Apply, Index, Number, Position, Read, Scalar, move_affine, reads, transform
from ..graph.text import written
from ..language.expression import Bound, Expression, Name, Subscript
from ..language.names import first_stray
from .scalar import LETTERS

STRAY = re.compile(r"\W+")
LONGEST = 200_000  # parts of a text

# What a part is called, by what it does.
PARTS = {"sum": "s", "max": "m", "min": "m", "prod": "q", "logsumexp": "lse"}


class Names:
    """The names of one derivation; none of them is given twice, and none is the network's."""

    def __init__(self, nodes: Iterable[Node], known: Iterable[str] = ()) -> None:
        nodes = list(nodes)
        self.of: dict[Node, str] = {}
        self.taken = set(known)
        for node in nodes:
            if node.name and first_stray(node.name) is None:
                self.of[node] = node.name
                self.taken.add(node.name)
        for node in nodes:  # a leaf made in Python may be called anything
            if isinstance(node, Leaf) and node.name is not None and node not in self.of:
                self.of[node] = self.fresh(STRAY.sub("_", f"{node.kind}_{node.name}"))
        sizes = {name for node in nodes for extent in node.extents for name in extent.names}
        self.unusable = frozenset(self.taken | sizes | {*LETTERS})  # what no index may be called
        self._written: dict[Map, tuple[tuple[Bound, ...], Expression]] = {}  # a line ends in what the next starts with

    def fresh(self, wish: str) -> str:
        """The wish itself, or with underscores behind it."""
        wish = unicodedata.normalize("NFC", wish)
        while wish in self.taken:
            wish += "_"
        self.taken.add(wish)
        return wish

    def invent(self, part: Map, wish: str | None = None) -> str:
        """A name for a part: the wish if it is free, or what the part does and a number."""
        self._written.clear()
        if wish is not None:
            self.of[part] = self.fresh(wish)
            return self.of[part]
        wish = "flat" if not part.plain else "mean" if _is_mean(part) else PARTS.get(part.reduce or "", "h")
        number = 1
        while f"{wish}{number}" in self.taken:
            number += 1
        self.of[part] = self.fresh(f"{wish}{number}")
        return self.of[part]

    def forget(self, part: Map) -> None:
        """From here on the part is written out again."""
        self._written.clear()
        del self.of[part]

    def derivative(self, of: str, by: str, ending: str = "") -> str:
        return self.fresh(f"d{of}_d{by}{ending}")

    def expression(self, body: Map) -> tuple[tuple[Bound, ...], Expression]:
        """A body with the tensors that have names by their names, and the rest written out."""
        if body not in self._written:
            self._written[body] = written(body, self.of.get, LONGEST)
        return self._written[body]


def subscripted(name: str, labels: Iterable[str]) -> Expression:
    indices = tuple(Name(label) for label in labels)
    return Subscript(Name(name), indices) if indices else Name(name)


def _is_mean(part: Map) -> bool:
    if part.reduce != "sum" or not (isinstance(part.body, Apply) and part.body.operation == "mul"):
        return False
    first = part.body.arguments[0]
    return isinstance(first, Number) or (isinstance(first, Apply) and isinstance(first.arguments[0], Position))


class Values:
    """Bodies that a named tensor holds, found wherever they are written out."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.held: dict[tuple[str, frozenset[Node]], list[Map]] = {}
        for node in nodes:
            if isinstance(node, Map) and node.plain and node.reduce is None and isinstance(node.body, Apply):
                key = (node.body.operation, frozenset(read.tensor for read in node.reads))
                self.held.setdefault(key, []).append(node)

    def named(self, body: Scalar) -> tuple[Scalar, list[Map]]:
        """The body with names for what they hold, and which were used."""
        used: dict[Map, None] = {}

        def change(part: Scalar) -> Scalar | None:
            if not isinstance(part, Apply):
                return None
            for node in self.held.get((part.operation, frozenset(read.tensor for read in reads(part))), ()):
                place: dict[Index, Affine] = {}
                if _fits(node.body, part, place) and len(place) == node.rank:
                    used[node] = None
                    return node.read(place[Index(axis)] for axis in range(node.rank))
            return None

        return transform(body, change), list(used)


def _fits(pattern: Scalar, term: Scalar, place: dict[Index, Affine]) -> bool:
    """Whether the term is the pattern with other subscripts, which are then in `place`."""
    if isinstance(pattern, Read):
        return (
            isinstance(term, Read)
            and pattern.tensor is term.tensor
            and pattern.guarded == term.guarded
            and all(map(_form_fits, pattern.subscripts, term.subscripts, [place] * len(term.subscripts)))
        )
    if isinstance(pattern, Apply):
        return (
            isinstance(term, Apply)
            and pattern.operation == term.operation
            and len(pattern.arguments) == len(term.arguments)
            and all(_fits(one, other, place) for one, other in zip(pattern.arguments, term.arguments, strict=True))
        )
    if isinstance(pattern, Position):
        return isinstance(term, Position) and _form_fits(pattern.affine, term.affine, place)
    return pattern is term


def _form_fits(pattern: Affine, form: Affine, place: dict[Index, Affine]) -> bool:
    index = pattern.plain
    if index is not None:
        return place.setdefault(index, form) is form
    return move_affine(pattern, place) is form
