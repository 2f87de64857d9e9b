"""Which output answers which target, and what counts as yes: read from the graph and from the targets' declarations."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..graph.network import Network
from ..graph.node import Leaf, Map, Node, order
from ..graph.scalar import COMPARISONS, Apply, Number, Position, Read, Scalar
from .data.feed import Feed
from .data.labels import every_row
from .metrics import CLASSES, NUMBERS, YES_NO, Answer
from .model_compared import compared

# Operations whose values are never negative: whatever the arguments are, if all of them are not, if any of them is not.
NEVER_NEGATIVE = frozenset({"sigma", "softplus", "exp", "abs", "step", "pi", "and"}) | COMPARISONS
IF_ALL, IF_ANY = frozenset({"add", "mul", "min"}), frozenset({"max"})


def answers(network: Network, feed: Feed) -> list[Answer]:
    """For each target, the output that the loss compares it with."""
    found = []
    signs = signed(network)
    for name in feed.targets:
        leaf = network[name]
        assert isinstance(leaf, Leaf)
        output = _output(network, leaf)
        kind = YES_NO if leaf in signs else _kind(output, leaf, feed, feed.classes.get(name, ()))
        either = kind == YES_NO and not set(leaf.attributes) & {"binary", "unit"} and _signed(feed, name)
        found.append(
            Answer(
                str(output.name),
                name,
                kind,
                threshold=0.5 if never_negative(output) else 0.0,
                middle=0.0 if either else 0.5,
                masks=leaf.rank > 2,
                classes=tuple(feed.classes.get(name, ())),
            )
        )
    return found


def signed(network: Network) -> list[Leaf]:
    """The targets that say yes and no as 1 and -1: those of a hinge."""
    return [one.target for one in compared(network) if one.loss == "hinge"]


def check_signed(network: Network, feed: Feed) -> None:
    """A hinge learns nothing of a target that is 0, and would not say so."""
    for name in {str(leaf.name) for leaf in signed(network)} & feed.columns.keys():
        wrong = f"is neither -1 nor 1, as a hinge wants: of 0 and 1, 2*{name} - 1 makes them"
        every_row(feed.columns[name].source, f"`{name}`", 0, _is_sign, wrong)


def _is_sign(values: np.ndarray) -> np.ndarray:
    return np.abs(values) == 1


def _output(network: Network, target: Leaf) -> Node:
    """The output nearest to where the target is read: it shares most of what is computed there."""
    nodes = order([network.loss]) if network.loss is not None else []
    readers = [node for node in nodes if isinstance(node, Map) and target in node.inputs]
    there = {node for node in order(readers) if isinstance(node, Map)}
    fitting = [output for output in network.outputs if _may_answer(output, target)] or network.outputs
    return max(fitting, key=lambda output: len(there & set(order([output]))))


def _may_answer(output: Node, target: Leaf) -> bool:
    return output.extents == target.extents or output.extents[:-1] == target.extents


def _kind(output: Node, target: Leaf, feed: Feed, classes: tuple[str, ...]) -> str:
    attributes = set(target.attributes)
    width = output.extents[-1].bind(feed.sizes).value if output.rank > 1 else 1
    if attributes & {"one_hot", "distribution"} or output.rank == target.rank + 1:
        return CLASSES
    if "integer" in attributes:
        return CLASSES if width != 1 else YES_NO
    if attributes & {"binary"} or (len(classes) == 2 and width == 1):
        return YES_NO
    return CLASSES if classes and width == len(classes) else NUMBERS


def _signed(feed: Feed, name: str) -> bool:
    """Whether the classes of a target are -1 and 1."""
    first = next(feed.batches(min(len(feed), 1000)))[name]
    return bool((first < 0).any())


def never_negative(output: Node) -> bool:
    """Whether the formulas say that no element is below 0, as of a probability."""
    known: dict[Node, bool] = {}
    for node in order([output]):
        if isinstance(node, Map):
            known[node] = node.reduce not in ("logsumexp",) and _positive(node.body, known)
        else:
            assert isinstance(node, Leaf)
            given = bool({"binary", "unit", "one_hot", "distribution"} & set(node.attributes))
            known[node] = given or (node.value is not None and node.value >= 0)
    return known[output]


def _positive(body: Scalar, known: Mapping[Node, bool]) -> bool:
    if isinstance(body, Read):
        return known[body.tensor]
    if isinstance(body, Number):
        return body.value >= 0
    if isinstance(body, Position):
        return True
    if not isinstance(body, Apply):
        return False
    parts = body.arguments
    if body.operation in NEVER_NEGATIVE:
        return True
    if body.operation == "pow":
        exponent = parts[1]
        even = isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value.numerator % 2 == 0
        return even or _positive(parts[0], known)
    if body.operation == "where":
        return all(_positive(part, known) for part in parts[1:])
    if body.operation in IF_ALL:
        return all(_positive(part, known) for part in parts)
    return body.operation in IF_ANY and any(_positive(part, known) for part in parts)
