"""What a network's loss compares with its targets, and by which loss of the library: told from the formulas.

A loss is known by its name and written out, `-sum(t*log(y))/n`, with either sign and in any order of its terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..calculus.rewrite import Binding, any_, match, match_some, rewrite
from ..calculus.rules import STABLE
from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order, plain_map
from ..graph.operators import input as input_leaf
from ..graph.operators import library_function
from ..graph.scalar import Apply, Read, Scalar, negative, walk
from ..graph.scalar import apply as applied
from .model_endings import constant, factors, pattern, terms, turns

Y, T = any_("y"), any_("t")
Found = Iterator[tuple[Scalar, Leaf]]  # what is compared, and its target


@dataclass(frozen=True)
class Compared:
    """A loss of the library, by its name, the tensor that it compares with a target, and that target."""

    loss: str
    output: Map
    target: Leaf


def compared(network: Network) -> list[Compared]:
    """What each loss of the library in the network's loss compares with a target, in the order of the formulas."""
    found: dict[Compared, None] = {}
    for node in order([network.loss] if network.loss is not None else []):
        if isinstance(node, Map) and any(_given(tensor) for tensor in node.inputs):
            found |= dict.fromkeys(_compared(node))
    return list(found)


def _compared(node: Map) -> Iterator[Compared]:
    for loss, found in LOSSES:
        matched = list(dict.fromkeys(found(node)))
        for output, target in matched:
            tensor = output.tensor if isinstance(output, Read) else plain_map(None, node.box, output, node.labels)
            if isinstance(tensor, Map):
                yield Compared(loss, tensor, target)
        if matched:
            return


def _given(tensor: Node) -> bool:
    return isinstance(tensor, Leaf) and tensor.kind == "input"


def _target(part: Scalar | None) -> Leaf | None:
    """The input that a scalar is an element of."""
    tensor = part.tensor if isinstance(part, Read) else None
    return tensor if isinstance(tensor, Leaf) and _given(tensor) else None


def _by_formula(name: str, output: int = 0, swapped: bool = False) -> Callable[[Map], Found]:
    """Finds the library's formula, with either sign, in a body; in a sum some of the terms may be it."""

    def found(node: Map) -> Found:
        for body in dict.fromkeys((node.body, rewrite(node.body, STABLE))):
            for part in walk(body):
                for binding in (one for formula in _formula(name, output) for one in _in(formula, part)):
                    y, t = binding.get(Y), binding.get(T)
                    if swapped and _target(y) is not None:
                        y, t = t, y
                    target = _target(t)
                    if y is not None and target is not None and _target(y) is None:
                        yield y, target

    return found


def _in(formula: Scalar, part: Scalar) -> Iterator[Binding]:
    yield from match(formula, part, {})
    wanted, there = terms(formula), terms(part)
    if 1 < len(wanted) < len(there):
        yield from (binding for binding, _ in match_some(wanted, there, {}))


@lru_cache(maxsize=16)
def _formula(name: str, output: int) -> tuple[Scalar, ...]:
    """The formula, and what is left of it where its sign stands before the sum."""
    a, b = input_leaf("a", ("n", "k")), input_leaf("b", ("n", "k"))
    function = library_function(name)
    assert function is not None
    made = function(a, b)
    assert isinstance(made, Map)
    inner = made if any(read.tensor is a for read in made.reads) else made.inputs[0]
    assert isinstance(inner, Map)
    body = pattern(inner, {a: Y, b: T} if output == 0 else {a: T, b: Y})
    return *turns(body), applied("add", *map(negative, terms(body)))


def _log_of_classes(node: Map) -> Found:
    """Σ t·log p over the classes; or log p[t] of the class that is right."""
    for part in walk(node.body):
        if isinstance(part, Apply) and part.operation == "log":
            target = _picking(part.arguments[0])
            if target is not None:
                yield part.arguments[0], target
    for rest, target in _beside_target(node):
        if isinstance(rest, Apply) and rest.operation == "log":
            yield rest.arguments[0], target


def _logits_of_classes(node: Map) -> Found:
    """Σ t·(z − logsumexp z); or logsumexp z − z[t]."""
    for part in walk(node.body):
        for term in terms(part):
            others = [one for one in terms(part) if one is not term]
            for logit, totals in ((term, map(negative, others)), (negative(term), iter(others))):
                target = _picking(logit)
                if target is not None and any(map(_logsumexp, totals)):
                    yield logit, target
    for rest, target in _beside_target(node):
        pair = terms(rest)
        for logit, total in (pair, pair[::-1]) if len(pair) == 2 else ():
            if isinstance(logit, Read) and _logsumexp(negative(total)):
                yield logit, target


def _beside_target(node: Map) -> Found:
    """u in Σ t·u, where that is summed over the last axis of the target t, and nothing else is."""
    beside = [factor for factor in factors(node.body) if not constant(factor)]
    if node.reduce != "sum" or len(beside) != 2:
        return
    for factor, rest in (beside, beside[::-1]):
        target = _target(factor)
        last = factor.subscripts[-1:] if isinstance(factor, Read) else ()
        if target is not None and _target(rest) is None and any(form.plain in node.reduced for form in last):
            yield rest, target


def _picking(part: Scalar) -> Leaf | None:
    """The target that chooses this element."""
    forms = part.subscripts if isinstance(part, Read) else ()
    return next((leaf for form in forms for inner in form.gathers if (leaf := _target(inner)) is not None), None)


def _logsumexp(part: Scalar) -> bool:
    return isinstance(part, Read) and isinstance(part.tensor, Map) and part.tensor.reduce == "logsumexp"


# A body is the first of these that it holds: a binary cross-entropy holds t·log y too.
LOSSES: tuple[tuple[str, Callable[[Map], Found]], ...] = (
    ("binary_cross_entropy", _by_formula("binary_cross_entropy")),
    ("binary_cross_entropy_with_logits", _by_formula("binary_cross_entropy_with_logits")),
    ("kl_divergence", _by_formula("kl_divergence", output=1)),
    ("cross_entropy", _logits_of_classes),
    ("categorical_cross_entropy", _log_of_classes),
    ("hinge", _by_formula("hinge")),
    ("squared_error", _by_formula("squared_error", swapped=True)),
    ("absolute_error", _by_formula("absolute_error", swapped=True)),
)
