"""Losses by name: what each is in the language, and what it takes as its target."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..graph.network import Network
from ..graph.node import Node
from ..language.errors import GraphcError, did_you_mean


@dataclass(frozen=True)
class Loss:
    """`formula` is over the output `{y}` and its target `{t}`, which has the `attribute`.

    A target of class numbers has one axis less than the output.
    """

    formula: str
    attribute: str = ""
    numbers: bool = False

    def target(self, name: str, output: Node) -> str:
        """The declaration of the target."""
        if self.numbers and output.rank < 2:
            raise GraphcError(f"class numbers need an output for each class, and `{output.name}` has one axis")
        shape = output.shape[:-1] if self.numbers else output.shape
        dims = f"[{', '.join(map(str, shape))}]" if shape else ""
        return f"input {name}{dims}" + f" : {self.attribute}" * bool(self.attribute)


LOSSES: dict[str, Loss] = {
    "mean_squared_error": Loss("mean(squared_error({y}, {t}))"),
    "half_squared_error": Loss("mean(squared_error({y}, {t}))/2"),
    "mean_absolute_error": Loss("mean(absolute_error({y}, {t}))"),
    "binary_cross_entropy": Loss("mean(binary_cross_entropy({y}, {t}))", "in {0, 1}"),
    "binary_cross_entropy_with_logits": Loss("mean(binary_cross_entropy_with_logits({y}, {t}))", "in {0, 1}"),
    "categorical_cross_entropy": Loss("mean(categorical_cross_entropy({y}, {t}))", "one_hot"),
    "cross_entropy": Loss("mean(cross_entropy({y}, {t}))", "one_hot"),
    "sparse_categorical_cross_entropy": Loss("mean(categorical_cross_entropy({y}, {t}))", "integer", numbers=True),
    "sparse_cross_entropy": Loss("mean(cross_entropy({y}, {t}))", "integer", numbers=True),
    "hinge": Loss("mean(hinge({y}, {t}))"),
    "kl_divergence": Loss("mean(kl_divergence({t}, {y}))", "distribution"),
}

ALIASES = {
    "mse": "mean_squared_error",
    "squared_error": "mean_squared_error",
    "mae": "mean_absolute_error",
    "absolute_error": "mean_absolute_error",
    "bce": "binary_cross_entropy",
    "cce": "categorical_cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "binary_crossentropy_with_logits": "binary_cross_entropy_with_logits",
    "categorical_crossentropy": "categorical_cross_entropy",
    "categorical_cross_entropy_with_logits": "cross_entropy",
    "sparse_categorical_crossentropy": "sparse_categorical_cross_entropy",
    "kld": "kl_divergence",
}

# One for all outputs, one for each in their order, or by the names of those that have one.
Wanted = str | Sequence[str] | Mapping[str, str]


def with_loss(text: str, network: Network, wanted: Wanted, weights: Mapping[str, float] | None = None) -> str:
    """The text of a model with its targets and its loss: the sum over its outputs, each times its weight.

    A loss is a name, or a formula over the output and its target by their names: `"mean(abs(y - t))"`.
    """
    outputs = {str(node.name): node for node in network.outputs}
    chosen = _chosen(wanted, outputs)
    taken = set(network.nodes)
    targets = {name: _free("t" if len(outputs) == 1 else f"t_{name}", taken) for name in chosen}
    losses = {name: _loss(given) for name, given in chosen.items()}
    formulas = {name: _filled(loss, name, targets[name]) for name, loss in losses.items()}
    read = [name for name, formula in formulas.items() if re.search(rf"\b{targets[name]}\b", formula)]
    lines = [losses[name].target(targets[name], outputs[name]) for name in read]
    if len(chosen) == 1 and not weights:
        (formula,) = formulas.values()
        return text + "\n".join([*lines, f"loss {_free('L', taken)} = {formula}"]) + "\n"
    parts = {name: _free(f"L_{name}", taken) for name in formulas}
    lines += [f"{parts[name]} = {formula}" for name, formula in formulas.items()]
    total = " + ".join(_times(part, name, weights or {}, outputs) for name, part in parts.items())
    return text + "\n".join([*lines, f"loss {_free('L', taken)} = {total}"]) + "\n"


def _chosen(wanted: Wanted, outputs: Collection[str]) -> dict[str, str]:
    """The loss of each output that has one."""
    if isinstance(wanted, str):
        return dict.fromkeys(outputs, wanted)
    if isinstance(wanted, Mapping):
        for name in wanted:
            if name not in outputs:
                hint = did_you_mean(name, outputs) or f"there are {', '.join(outputs)}"
                raise GraphcError(f"there is no output `{name}` to have a loss", hint)
        if not wanted:
            raise GraphcError("no output has a loss")
        return dict(wanted)
    if len(wanted) != len(outputs):
        raise GraphcError(f"{len(wanted)} losses are given for {len(outputs)} outputs: {', '.join(outputs)}")
    return dict(zip(outputs, wanted, strict=True))


def _loss(given: str) -> Loss:
    if not isinstance(given, str):
        raise GraphcError(
            f"a loss is a name or a formula, not {given!r}", 'as in loss="mse" or loss="mean(abs(y - t))"'
        )
    if "(" in given:
        return Loss(given)
    name = ALIASES.get(given, given)
    if name not in LOSSES:
        known = (*LOSSES, *ALIASES)
        raise GraphcError(f"there is no loss `{given}`", did_you_mean(given, known) or f"there are {', '.join(LOSSES)}")
    return LOSSES[name]


def _filled(loss: Loss, output: str, target: str) -> str:
    return loss.formula.replace("{y}", output).replace("{t}", target)


def _times(part: str, name: str, weights: Mapping[str, float], outputs: Collection[str]) -> str:
    for given in weights:
        if given not in outputs:
            raise GraphcError(f"there is no output `{given}` to weight", did_you_mean(given, outputs))
    return f"{weights[name]!r}*{part}" if name in weights else part


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
