"""Which array of the data goes to which input of the network: by name first, else in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from ...graph.node import Leaf, order
from ...language.errors import GraphcError, did_you_mean
from .axes import signature
from .dataset import Dataset, Target

if TYPE_CHECKING:
    from ...graph.network import Network

# What an array of labels or a column of them is mostly called.
TARGET_NAMES = ("t", "target", "targets", "label", "labels", "class", "y")
ATTRIBUTES_OF_CLASSES = {"one_hot", "binary", "integer"}
Given = TypeVar("Given")


def roles(network: Network) -> tuple[list[Leaf], list[Leaf]]:
    """The inputs that the outputs are computed from, and the targets: those that the loss alone reads."""
    used = set(order([*network.outputs, *([network.loss] if network.loss is not None else [])]))
    inputs = [leaf for leaf in network.inputs if leaf in used]
    if not inputs:
        raise GraphcError(f"{network.name} has no input that data could go to")
    if not network.outputs:
        raise GraphcError(f"{network.name} has no output to be learnt", "write `output` before an equation")
    read = set(order(network.outputs))
    return [leaf for leaf in inputs if leaf in read], [leaf for leaf in inputs if leaf not in read]


def match_inputs(leaves: Sequence[Leaf], data: Dataset, model: str) -> dict[Leaf, Target]:
    given = {name: Target(array) for name, array in data.inputs.items()}
    return _match(leaves, given, data.targets, data, model)


def match_targets(leaves: Sequence[Leaf], data: Dataset, taken: Sequence[Target], model: str) -> dict[Leaf, Target]:
    """Where the data have more targets than the network asks for, those of its kind: classes or numbers."""
    others = {name: Target(a) for name, a in data.inputs.items() if not any(a is used.values for used in taken)}
    given = data.targets
    if len(given) > len(leaves) == 1 and leaves[0].name not in given:
        classes = bool(ATTRIBUTES_OF_CLASSES & set(leaves[0].attributes))
        given = {name: target for name, target in given.items() if bool(target.classes) == classes}
    return _match(leaves, given, others, data, model)


def _match(
    leaves: Sequence[Leaf], given: Mapping[str, Target], others: Mapping[str, Target], data: Dataset, model: str
) -> dict[Leaf, Target]:
    found = {leaf: given[str(leaf.name)] for leaf in leaves if leaf.name in given}
    left = [leaf for leaf in leaves if leaf not in found]
    rest = [target for target in given.values() if not any(target is used for used in found.values())]
    if len(left) == len(rest):
        return found | dict(zip(left, rest, strict=True))
    found |= {leaf: others[str(leaf.name)] for leaf in left if leaf.name in others}
    for leaf in left:
        if leaf not in found:
            names = [name for name, _ in data.arrays()]
            raise GraphcError(
                f"nothing in {data.name} goes to the input {signature(leaf)} of {model}; it has {', '.join(names)}",
                did_you_mean(str(leaf.name), set(names) - {other.name for other in leaves})
                or "an .npz file gives arrays by name, a CSV file columns by the names in its first line",
            )
    return found
