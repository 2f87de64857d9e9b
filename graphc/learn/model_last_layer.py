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
from .model_compared import Compared, compared
from .model_endings import PLAIN, ending


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


BINARY, BINARY_LOGITS = "binary_cross_entropy", "binary_cross_entropy_with_logits"
SEVERAL, SEVERAL_LOGITS = "categorical_cross_entropy", "cross_entropy"
TO_BINARY, TO_SEVERAL = f"a sigma goes with {BINARY}", f"a softmax goes with {SEVERAL}"
TO_LOGITS = f"no activation goes with {SEVERAL_LOGITS}"
FLAT = "its slope is 0 everywhere, so nothing before it learns; a sigma is a smooth step"
NUMBER = Fitting(None, {"softmax": TO_SEVERAL, "step": FLAT}, "a number: no activation, or sigma between 0 and 1")

TABLE: dict[str, Fitting] = {
    BINARY: Fitting(
        ("sigma",),
        {"softmax": TO_SEVERAL, PLAIN: f"no activation goes with {BINARY_LOGITS}"},
        "two classes: sigma and one neuron",
    ),
    BINARY_LOGITS: Fitting((PLAIN,), {"sigma": TO_BINARY}, "two classes: no activation and one neuron"),
    SEVERAL: Fitting(
        ("softmax",),
        {"sigma": TO_BINARY, PLAIN: TO_LOGITS, "log_softmax": TO_LOGITS},
        "several classes: softmax and as many neurons",
        many=True,
    ),
    SEVERAL_LOGITS: Fitting(
        (PLAIN,),
        {"softmax": TO_SEVERAL, "log_softmax": f"{SEVERAL_LOGITS} takes the log_softmax itself, of no activation"},
        "several classes: no activation and as many neurons",
        many=True,
    ),
    "kl_divergence": Fitting(("softmax",), {}, "distributions: softmax and as many neurons", many=True),
    "squared_error": NUMBER,
    "absolute_error": NUMBER,
    "hinge": Fitting((PLAIN, "tanh"), {"sigma": TO_BINARY}, "two classes, -1 and 1: no activation"),
}


def misfits(network: Network) -> list[str]:
    """What does not fit, each with what would; empty where all is well, or where the formulas are one's own."""
    return [message for found in compared(network) for message in _misfits(found)]


def warn_of_misfits(network: Network) -> None:
    for message in misfits(network):
        warnings.warn(message, LastLayerWarning, stacklevel=3)


def _misfits(found: Compared) -> Iterator[str]:
    row, output = TABLE[found.loss], found.output
    name = f"`{output.name}`" if output.name else "what the loss reads"
    activation = ending(output)
    unfit = activation in row.otherwise or (row.activations is not None and activation not in row.activations)
    if activation is not None and unfit:
        shown = f"ends in {activation}" if activation else "has no activation"
        fits = row.otherwise.get(activation, f"that is for {row.usual}")
        yield f"{name} {shown}, and the loss is {found.loss}: {fits}"
        return
    width = output.extents[-1].value if output.name and output.rank > 1 else None
    if row.many and width == 1:
        yield (
            f"{name} is one neuron wide, and {found.loss} tells classes apart: two classes want sigma, "
            f"one neuron and {BINARY}; several want as many neurons as there are classes"
        )
