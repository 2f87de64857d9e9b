"""Seeing through names: a formula written over several statements is brought to the form in which it is stable.

`e = exp(u)` and then `log(1 + e)` is softplus(u), as if it had been written in one line. A body is rewritten with the
exponential bodies that it reads put in its place, and the result is kept only if it is less dangerous to compute.
What others still read stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ..graph.node import Map, Node, order, plain_map
from ..graph.scalar import (
    ONE,
    Affine,
    Apply,
    Index,
    Read,
    Scalar,
    affine,
    apply,
    move,
    mul,
    reads,
    replace,
    transform,
    walk,
)
from .exponentials import gathered, grows, positive
from .guards import complement, divides, guarded, indicators, quotients
from .log import Log
from .rewrite import Rules, rewrite
from .structure import constant

INLINED = 40  # operations; a body larger than this is not put in place of its name
GROWING = frozenset({"exp", "sigma", "softplus"})


class Canonical:
    """The nodes that the roots need, rewritten. `opened` are those through which some reader saw, or which became
    one with another: by them it cannot be differentiated here. What is to be `computed` and not differentiated again
    is guarded too.
    """

    def __init__(
        self,
        roots: Iterable[Node],
        rules: Rules,
        log: Log | None = None,
        computed: bool = False,
    ) -> None:
        self.rules, self.log, self.computed = rules, log, computed
        self.opened: set[Node] = set()
        self._new: dict[Node, Node] = {}
        self._old: dict[Node, Node] = {}
        nodes = order(roots)
        self._risky = {tensor for node in nodes if isinstance(node, Map) for tensor in _at_risk(node.body)}
        for node in nodes:
            new = self._new[node] = self._renewed(node) if isinstance(node, Map) else node
            twin = self._old.setdefault(new, node)
            if twin is not node:
                self.opened |= {node, twin}

    def __getitem__(self, node: Node) -> Node:
        return self._new[node]

    @property
    def nodes(self) -> list[Node]:
        return list(self._new.values())

    def _renewed(self, node: Map) -> Map:
        body = self._rewritten(reread(node.body, self._new), self.log)
        write = tuple(_resubscript(form, self._new) for form in node.write)
        body = self._complement(node, body)
        body = indicators(self._stable(quotients(body))) if self.computed else self._stable(body)
        return node.over(body, write)

    def _rewritten(self, body: Scalar, log: Log | None) -> Scalar:
        """By the rules; and sums of exponentials put together in the exponent."""
        body = rewrite(body, self.rules, log)
        after = gathered(body, self.computed)
        if after is body:
            return body
        if log is not None:
            log.record("exponents instead of exponentials", body, after)
        return rewrite(after, self.rules, log)

    def _complement(self, node: Map, body: Scalar) -> Scalar:
        """q = 1 − σ(a), whose logarithm is taken or by which is divided somewhere, is σ(−a)."""
        exact = complement(body) if node in self._risky and node.reduce is None else None
        if exact is None:
            return body
        self.opened |= {self._old[read.tensor] for read in reads(body)}
        if self.log is not None:
            self.log.record("complement of a sigmoid", body, exact)
        return exact

    def _stable(self, body: Scalar) -> Scalar:
        """The body with names seen through, one level further at each try, wherever that makes it less dangerous."""
        for depth in (1, 2, 3):
            before = danger(body)
            if not before:
                return body
            seen: dict[Scalar, Scalar] = {}
            through: dict[Scalar, set[Node]] = {}
            for read in reads(body):
                entered: set[Node] = set()
                inner = self._exponential(read, depth, entered)
                if inner is not None:
                    seen[read], through[read] = inner, entered
            if not seen:
                continue
            trial = Log()
            candidate = self._rewritten(transform(body, seen.get), trial)
            candidate = replace(candidate, {inner: read for read, inner in seen.items()})  # those that survived
            if danger(candidate, {part for inner in seen.values() for part in _in_exponents(inner)}) < before:
                self.opened.update(*through.values())  # also where a read survives: it may not be all that was read
                if self.log is not None:
                    self.log.record("seen through the names", body, candidate)
                    self.log.steps.extend(trial.steps)
                body = candidate
        return body

    def _exponential(self, read: Read, depth: int, entered: set[Node]) -> Scalar | None:
        """What a read stands for, where that is made of exponentials; a sum of them is exp of their logsumexp."""
        node = read.tensor
        if depth == 0 or read.guarded or not isinstance(node, Map) or not node.plain:
            return None
        entered.add(self._old.get(node, node))
        body = node.body
        if node.reduce in ("sum", "prod"):
            return self._exponential_reduction(read, node, max(depth - 1, 1), entered)
        if node.reduce is not None or sum(1 for part in walk(body) if isinstance(part, Apply)) > INLINED:
            return None
        inner = {r: found for r in reads(body) if (found := self._exponential(r, depth - 1, entered)) is not None}
        if not inner and not any(isinstance(part, Apply) and part.operation in GROWING for part in walk(body)):
            return None
        place = {Index(axis): form for axis, form in enumerate(read.subscripts)}
        return move(transform(body, inner.get), place)  # type: ignore[arg-type]

    def _exponential_reduction(self, read: Read, node: Map, depth: int, entered: set[Node]) -> Scalar | None:
        """A sum of exponentials is exp of their logsumexp, a product of positive factors exp of a sum."""
        inner: dict[Scalar, Scalar] = {}
        for part in reads(node.body):
            found = self._exponential(part, depth, entered)
            if found is not None:
                inner[part] = found
        body = self._rewritten(transform(node.body, inner.get), None)
        known = positive(body, node.reduce == "prod")
        if known is None or constant(known.exponent) or (node.reduce == "prod" and known.factor is not ONE):
            return None
        if node.reduce == "sum" and not any(map(grows, walk(body))):
            return None
        over = node.box[node.rank :]
        kind = "logsumexp" if node.reduce == "sum" else "sum"
        total = plain_map(None, node.extents, known.exponent, node.labels, kind, over)
        return mul(known.factor, apply("exp", total.read(read.subscripts)))


def substituted(roots: Iterable[Node], given: dict[Node, Node]) -> list[Node]:
    """The roots with some tensors replaced by others of the same shape, wherever they are read."""
    roots, new = list(roots), {}
    for node in order(roots):
        new[node] = given.get(node, node)
        if new[node] is node and isinstance(node, Map) and any(new[tensor] is not tensor for tensor in node.inputs):
            new[node] = node.over(reread(node.body, new), tuple(_resubscript(form, new) for form in node.write))
    return [new[root] for root in roots]


def reread(body: Scalar, new: dict[Node, Node]) -> Scalar:
    """The body with every tensor that it reads replaced by what it became."""

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            subscripts = tuple(_resubscript(form, new) for form in part.subscripts)
            return Read(new[part.tensor], subscripts, part.guarded)
        return None

    return transform(body, change)


def _resubscript(form: Affine, new: dict[Node, Node]) -> Affine:
    if not form.gathers:
        return form
    total = affine(form.offset)
    for atom, coefficient in form.terms:
        inner = reread(atom, new) if isinstance(atom, Read) else atom
        total += affine(inner).scaled(coefficient)  # type: ignore[arg-type]
    return total


def _at_risk(body: Scalar) -> set[Node]:
    """The tensors whose logarithm is taken, or by which is divided."""
    found: set[Node] = set()
    for part in walk(body):
        if isinstance(part, Apply) and (part.operation == "log" or divides(part)):
            found.update(read.tensor for read in reads(part.arguments[0]))
    return found


def _in_exponents(body: Scalar) -> Iterator[Scalar]:
    """What stands inside the exponentials of a body: it is no danger that seeing through would bring."""
    for part in walk(body):
        if isinstance(part, Apply) and part.operation in GROWING:
            yield from walk(part.arguments[0])


def danger(body: Scalar, besides: Collection[Scalar] = ()) -> int:
    """How many places may overflow or meet a 0 that the mathematics does not have: logs, divisions, exponentials."""
    total = 0
    stack, seen = [body], set(besides)
    while stack:
        part = stack.pop()
        if part in seen or not isinstance(part, Apply) or guarded(part) or constant(part):
            continue
        seen.add(part)
        stack.extend(part.arguments)
        if part.operation == "log" or divides(part):
            total += 3
        elif part.operation == "exp":
            total += 1
    return total
