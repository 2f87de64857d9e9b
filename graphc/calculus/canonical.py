"""Seeing through names: a formula written over several statements is brought to the form in which it is stable.

`e = exp(u)` and then `log(1 + e)` is softplus(u), as if it had been written in one line. A body is rewritten with the
exponential bodies that it reads put in its place, and the result is kept only if it is less dangerous to compute.
What others still read stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..graph.node import Map, Node, order, plain_map
from ..graph.scalar import Affine, Apply, Index, Number, Read, Scalar, affine, apply, move, reads, transform, walk
from .log import Log
from .rewrite import Rule, rewrite
from .structure import constant

INLINED = 40  # operations; a body larger than this is not put in place of its name


def canonical(
    roots: Iterable[Node], rules: Sequence[Rule], protected: Collection[Node] = (), log: Log | None = None
) -> dict[Node, Node]:
    """Every node that the roots need, and what it becomes. A protected node is never seen through."""
    new: dict[Node, Node] = {}
    for node in order(roots):
        if not isinstance(node, Map):
            new[node] = node
            continue
        body = reread(node.body, new)
        write = tuple(_resubscript(form, new) for form in node.write)
        kept = {new[p] for p in protected if p in new}
        better = _stable(rewrite(body, rules, log), rules, kept, log)
        new[node] = (
            node
            if better is node.body and write == node.write
            else Map(node.name, node.extents, node.box, write, node.guarded, node.reduce, better, node.labels)
        )
    return new


def reread(body: Scalar, new: dict[Node, Node]) -> Scalar:
    """The body with every tensor that it reads replaced by what it became."""
    if all(new.get(part.tensor, part.tensor) is part.tensor for part in reads(body)) and not any(
        form.gathers for part in reads(body) for form in part.subscripts
    ):
        return body

    def change(part: Scalar) -> Scalar | None:
        if isinstance(part, Read):
            subscripts = tuple(_resubscript(form, new) for form in part.subscripts)
            return Read(new.get(part.tensor, part.tensor), subscripts, part.guarded)
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


def _stable(body: Scalar, rules: Sequence[Rule], protected: Collection[Node], log: Log | None) -> Scalar:
    """The body with names seen through, one level further at each try, wherever that makes it less dangerous."""
    for depth in (1, 2, 3):
        if not danger(body):
            return body
        opened = {read: inner for read in reads(body) if (inner := exponential(read, protected, depth)) is not None}
        if not opened:
            return body
        trial = Log()
        candidate = rewrite(transform(body, opened.get), rules, trial)
        if danger(candidate) < danger(body):
            if log is not None:
                log.record("seen through the names", body, candidate)
                log.steps.extend(trial.steps)
            body = candidate
    return body


def exponential(read: Read, protected: Collection[Node], depth: int) -> Scalar | None:
    """What a read stands for, where that is made of exponentials; a sum of them is exp of their logsumexp."""
    node = read.tensor
    if depth == 0 or read.guarded or not isinstance(node, Map) or not node.plain or node in protected:
        return None
    body = node.body
    if node.reduce == "sum" and isinstance(body, Apply) and body.operation == "exp":
        over = node.box[node.rank :]
        total = plain_map(None, node.extents, body.arguments[0], node.labels, "logsumexp", over)
        return apply("exp", total.read(read.subscripts))
    if node.reduce is not None or sum(1 for part in walk(body) if isinstance(part, Apply)) > INLINED:
        return None
    inner = {r: found for r in reads(body) if (found := exponential(r, protected, depth - 1)) is not None}
    if not inner and not any(isinstance(part, Apply) and part.operation in GROWING for part in walk(body)):
        return None
    place = {Index(axis): form for axis, form in enumerate(read.subscripts)}
    return move(transform(body, inner.get), place)


GROWING = frozenset({"exp", "sigma", "softplus"})


def danger(body: Scalar) -> int:
    """How many places may overflow or meet a 0 that the mathematics does not have: logs, divisions, exponentials."""
    total = 0
    for part in walk(body):
        if not isinstance(part, Apply) or constant(part):
            continue
        if part.operation == "log":
            total += 3
        elif part.operation == "pow" and isinstance(part.arguments[1], Number) and part.arguments[1].value < 0:
            total += 3
        elif part.operation == "exp":
            total += 1
    return total
