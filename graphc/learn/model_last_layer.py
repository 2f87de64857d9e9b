"""Whether a network's last layer and its loss fit, by the table of the lecture: activation, loss, width.

Fiche, "How to choose the activation & loss function?": two classes, a sigmoid of one neuron with the binary
cross-entropy; several classes, a softmax of as many neurons with the categorical one; a number, no activation or a
sigmoid with the squared error. The losses of the language that take logits are the same rows with no activation.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from ..graph.network import Network
from ..language.expression import Call, Expression, MatMul, Name, Negative, Product, Quotient, Reduce, Subscript, Sum
from ..language.parse import parse_expression
from .layers_activation import ALIASES, ELEMENTWISE, ROWS


class LastLayerWarning(UserWarning):
    """The last layer and the loss do not fit."""


@dataclass(frozen=True)
class Fitting:
    """A row of the table: the activations that a loss is for, all of them if None, and what is usual.

    `otherwise` says what fits an activation that this loss is not for; `many` asks for more than one neuron.
    """

    activations: tuple[str, ...] | None
    otherwise: dict[str, str]
    usual: str
    many: bool = False


PLAIN = ""
BINARY, BINARY_LOGITS = "binary_cross_entropy", "binary_cross_entropy_with_logits"
SEVERAL, SEVERAL_LOGITS = "categorical_cross_entropy", "cross_entropy"
TO_BINARY, TO_SEVERAL = f"a sigma goes with {BINARY}", f"a softmax goes with {SEVERAL}"
NUMBER = Fitting(None, {"softmax": TO_SEVERAL}, "a number: no activation, or sigma between 0 and 1")

TABLE: dict[str, Fitting] = {
    BINARY: Fitting(
        ("sigma",),
        {"softmax": TO_SEVERAL, PLAIN: f"no activation goes with {BINARY_LOGITS}"},
        "two classes: sigma and one neuron",
    ),
    BINARY_LOGITS: Fitting((PLAIN,), {"sigma": TO_BINARY}, "two classes: no activation and one neuron"),
    SEVERAL: Fitting(
        ("softmax",),
        {"sigma": TO_BINARY, PLAIN: f"no activation goes with {SEVERAL_LOGITS}"},
        "several classes: softmax and as many neurons",
        many=True,
    ),
    SEVERAL_LOGITS: Fitting(
        (PLAIN,), {"softmax": TO_SEVERAL}, "several classes: no activation and as many neurons", many=True
    ),
    "squared_error": NUMBER,
    "absolute_error": NUMBER,
    "hinge": Fitting((PLAIN, "tanh"), {"sigma": TO_BINARY}, "two classes, -1 and 1: no activation"),
}


# What an equation is that ends in no function.
LINEAR = (Sum, MatMul, Product, Quotient, Negative, Reduce)


def misfits(network: Network) -> list[str]:
    """What does not fit, each with what would; empty where all is well, or where the formulas are one's own."""
    return [message for call in _loss_calls(network) for message in _misfits(network, call)]


def warn_of_misfits(network: Network) -> None:
    for message in misfits(network):
        warnings.warn(message, LastLayerWarning, stacklevel=3)


def _misfits(network: Network, call: Call) -> Iterator[str]:
    row, output = TABLE[call.function], call.arguments[0]
    output = output.base if isinstance(output, Subscript) else output
    if not isinstance(output, Name) or output.name not in network:
        return
    activation = _activation(network, output.name)
    unfit = activation in row.otherwise or (row.activations is not None and activation not in row.activations)
    if activation is not None and unfit:
        shown = f"ends in {activation}" if activation else "has no activation"
        fits = row.otherwise.get(activation, f"that is for {row.usual}")
        yield f"`{output.name}` {shown}, and the loss is {call.function}: {fits}"
        return
    width = network[output.name].extents[-1].value if network[output.name].rank > 1 else None
    if row.many and width == 1:
        yield (
            f"`{output.name}` is one neuron wide, and {call.function} tells classes apart: two classes want sigma, "
            f"one neuron and {BINARY}; several want as many neurons as there are classes"
        )


def _loss_calls(network: Network) -> Iterator[Call]:
    """The losses of the table that the network's loss is made of."""
    pending = [str(network.loss.name)] if network.loss is not None else []
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        parts = [_right(network, name)]
        while parts:
            part = parts.pop()
            if isinstance(part, Call) and part.function in TABLE and part.arguments:
                yield part
            elif isinstance(part, Name):
                pending.append(part.name)
            elif part is not None:
                parts += list(part.children)


def _activation(network: Network, name: str) -> str | None:
    """The function that an equation ends in; empty where there is none, None where that cannot be told."""
    part = _right(network, name)
    while isinstance(part, Name | Subscript):
        part = part.base if isinstance(part, Subscript) else _right(network, part.name)
    if isinstance(part, Call):
        function = ALIASES.get(part.function, part.function)
        if function in ELEMENTWISE + ROWS:
            return function
        return PLAIN if function.startswith("conv") else None
    return PLAIN if isinstance(part, LINEAR) else None


def _right(network: Network, name: str) -> Expression | None:
    """The right side of an equation, as it was written."""
    return parse_expression(network.written[name])[0] if name in network.written else None
