"""Results in the names of the network alone: adjoints and parts that have names here only are written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..graph.network import Network
from ..graph.node import Leaf, Map, Node
from ..graph.scalar import Index, Read, Scalar, move, reads, rewrite, transform
from ..graph.text import written
from ..language.expression import Bound, Expression, Name, Subscript
from .matrix import matrix
from .page import Box, Labels, over
from .paper import weight
from .plain import plainer
from .step import Formula, Result
from .sums import drawn_out

LONG = 100  # parts of a body that nobody reads as a whole
LONGEST = 30_000  # parts of a text that is one expression; beyond, other derivatives keep their names


class Opener:
    """Bodies in which the tensors that stand for derivatives are replaced by what they came to."""

    def __init__(self) -> None:
        self.values: dict[Node, Map] = {}
        self.named: dict[Node, Map] = {}  # the same, in which other derivatives are read by their names
        self._done: dict[Node, Node] = {}

    def define(self, leaf: Leaf, body: Scalar, labels: Labels) -> None:
        """From here on the leaf is replaced by this body over its axes."""
        self.named[leaf] = over(body, leaf.extents, labels)
        self.values[leaf] = over(self.opened(body), leaf.extents, labels)

    def parts(self, body: Scalar) -> list[Node]:
        """The derivatives that a body reads by their names, and those that they read, each once."""
        found: dict[Node, None] = {}
        seen, pending = set(), [body]
        while pending:
            for read in reads(pending.pop()):
                node = read.tensor
                if node not in seen:
                    seen.add(node)
                    if node in self.named:
                        found[node] = None
                        pending.append(self.named[node].body)
                    elif isinstance(node, Map) and node.name is None:
                        pending.append(node.body)
        return list(found)

    def opened(self, body: Scalar) -> Scalar:
        def change(part: Scalar) -> Scalar | None:
            if isinstance(part, Read):
                return Read(self._tensor(part.tensor), part.subscripts, part.guarded)
            return None

        return transform(body, change)

    def inlined(self, body: Scalar) -> Scalar:
        """An opened body in which what derivatives came to stands itself, so that its terms meet those around it."""
        values = set(self.values.values())

        def change(part: Scalar) -> Scalar | None:
            if isinstance(part, Read) and part.tensor in values and not part.guarded:
                value = transform(part.tensor.body, change)
                return move(value, {Index(k): at for k, at in enumerate(part.subscripts)})
            return None

        return transform(body, change)

    def _tensor(self, node: Node) -> Node:
        if node in self.values:
            return self.values[node]
        if not isinstance(node, Map) or node.name is not None:
            return node
        if node not in self._done:
            self._done[node] = node.over(self.opened(node.body), node.write)
        return self._done[node]


def result(
    net: Network,
    of: Node,
    by: Node,
    titles: Mapping[Node, str],
    whole: Map,
    opener: Opener,
    node: Node,
) -> Result:
    """The result as it is printed; only the network's own tensors are read by their names."""
    named = frozenset(net.nodes.values())
    body = opener.opened(whole.body)
    own = {tensor: titles.get(tensor, name) for name, tensor in net.nodes.items()}
    own |= {tensor: name for tensor, name in titles.items() if isinstance(tensor, Leaf) and tensor.kind == "mask"}

    def write() -> Formula:
        if weight(body, named, LONGEST) >= LONGEST:
            return in_parts()
        plain = rewrite(body if long else drawn_out(body, opener.inlined), plainer)
        shapes = {name: tensor.extents for tensor, name in own.items()}
        bounds, expression = written(over(plain, whole.extents, whole.labels), own.get, LONGEST)
        form = _formula(bounds, expression, whole.extents)
        return replace(form, matrix=matrix(expression, form.indices, shapes)) if form.extents is None else form

    def in_parts() -> Formula:
        parts = opener.parts(whole.body)
        known = own | {part: titles[part] for part in parts}
        equations = []
        for part in parts:
            bounds, value = written(opener.named[part], known.get, LONGEST)
            equations.append((_left(known[part], bounds), value))
        return replace(_formula(*written(whole, known.get, LONGEST), whole.extents), parts=tuple(equations))

    long = weight(body, named) >= LONG
    return Result(titles[of], titles[by], node, write, long)


def _formula(bounds: Sequence[Bound], expression: Expression, extents: Box) -> Formula:
    fixed = all(bound.extent is None for bound in bounds)
    return Formula(tuple(bound.name for bound in bounds), None if fixed else tuple(map(str, extents)), expression)


def _left(name: str, bounds: tuple[Bound, ...]) -> Expression:
    return Subscript(Name(name), bounds) if bounds else Name(name)
