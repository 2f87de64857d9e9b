"""An optimiser is a text in the language, and a rate. The ones with a name come from the table in `formulas`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...compiler.stepping import Update
from ...graph.network import Network, read_network
from ...graph.node import Leaf
from ...language.errors import GraphcError, did_you_mean
from ...language.parse import parse_net
from ...language.source import Source
from .formulas import FORMULAS, SHARES
from .pieces import Constant, Piece, Schedule, constant

if TYPE_CHECKING:
    from ..step import TrainingStep


GIVEN = ("p", "g", "gradient", "lr", "lr0", "t")


@dataclass(frozen=True)
class Optimizer:
    """`formulas` are equations for `new_p` and for what becomes of each state; `lr` is a rate or a schedule of it.

    `gc.Optimizer("new_p = p - lr*sign(g)", 0.01)` is one; so is what another one's `formulas` say.
    """

    formulas: str
    lr: float | Schedule = 0.01
    name: str = "own"

    def __post_init__(self) -> None:
        rate = self.rate
        if not isinstance(rate, int | float) or isinstance(rate, bool) or not math.isfinite(rate) or rate < 0:
            raise GraphcError(f"a learning rate is a number from 0 up, not {rate!r}")
        object.__setattr__(self, "formulas", self.formulas.strip())
        if "p" not in self._becomes:
            raise GraphcError("the formulas of an optimiser say what `new_p` is", "as in `new_p = p - lr*g`")

    @property
    def rate(self) -> float:
        """The rate at the start."""
        return self.lr.start if isinstance(self.lr, Schedule) else self.lr

    @property
    def states(self) -> tuple[str, ...]:
        """What is remembered from step to step, for every parameter; 0 at first."""
        return tuple(name for name in self._becomes if name != "p")

    @property
    def hyperparameters(self) -> dict[str, float]:
        return {leaf.name or "": float(leaf.value or 0) for leaf in self.network().consts}

    @cached_property
    def _becomes(self) -> tuple[str, ...]:
        return tuple(re.findall(r"^new_(\w+)(?:\[[^\]]*\])? *=(?!=)", self.formulas, re.MULTILINE))

    def text(self, clip: Piece | None = None) -> str:
        """The whole update as a `.net` text: schedule, clipping and the optimiser's own formulas."""
        schedule = self.lr if isinstance(self.lr, Schedule) else None
        pieces = [piece.text for piece in (schedule, clip) if piece is not None]
        given = {"p": "[n]", "gradient" if clip else "g": "[n]", **dict.fromkeys(self.states, "[n]")}
        given |= {"lr0" if schedule else "lr": "", "t": ""}
        body = "\n".join([*pieces, self.formulas])
        used = {*re.findall(r"\w+", re.sub(r"#.*", "", body)), *self.states}
        lines = [f"input {name}{dims}" for name, dims in given.items() if name in used]
        return "\n".join([f"# {self.name}", *lines, body]) + "\n"

    def network(self, clip: Piece | None = None) -> Network:
        """The formulas as a network of vectors."""
        return read_network(parse_net(Source(self.name, self.text(clip))), self.name)

    def update(self, clip: Piece | None = None) -> Update:
        """What a training step is compiled from."""
        net = self.network(clip)
        leaves = {name: node for name, node in net.nodes.items() if isinstance(node, Leaf)}

        def given(*names: str) -> Leaf:
            return next((leaves[name] for name in names if name in leaves), Leaf("input", names[0], ()))

        for leaf in net.inputs + net.params:
            if leaf.name not in {*GIVEN, *self.states}:
                raise GraphcError(
                    f"nobody gives `{leaf.name}` to an optimiser", "it has p, g, lr, t, and what has a `new_`"
                )
        becomes = {leaves[name]: net[f"new_{name}"] for name in self._becomes if name in leaves}
        if "p" not in leaves:
            raise GraphcError("the formulas of an optimiser start from `p`", "as in `new_p = p - lr*g`")
        gradient = next((leaves[name] for name in ("gradient", "g") if name in leaves), None)
        if gradient is None:
            gradient = Leaf("input", "g", leaves["p"].extents)
        return Update(leaves["p"], gradient, given("lr0", "lr"), given("t"), becomes)

    def compile_step(self, network: Network, **options: Any) -> TrainingStep:
        """A training step of the network with this optimiser."""
        from ..step import TrainingStep

        return TrainingStep(network, optimizer=self, **options)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        numbers = "".join(f", {name}={value:g}" for name, value in self.hyperparameters.items())
        return f"<{self.name}: lr={self.lr!r}{numbers}>"


def optimizer(name: str, lr: float | Schedule | None = None, **hyperparameters: float) -> Optimizer:
    """The optimiser of that name, upper or lower case; hyperparameters that are not given have their usual values."""
    known = {title.lower(): title for title in FORMULAS}
    title = known.get(name.lower())
    if title is None:
        raise GraphcError(
            f"there is no optimiser `{name}`", did_you_mean(name, known) or f"there are {', '.join(known)}"
        )
    made = FORMULAS[title]
    text = _with_numbers(title, made.text, hyperparameters)
    return Optimizer(text, made.rate if lr is None else lr, title)


def _with_numbers(title: str, text: str, given: Mapping[str, float]) -> str:
    """The formulas with other constants."""
    for name, value in given.items():
        if not re.search(rf"^const {name} = ", text, re.MULTILINE):
            names = re.findall(r"^const (\w+)", text, re.MULTILINE)
            raise GraphcError(
                f"{title} has no `{name}`", did_you_mean(name, names) or f"it has {', '.join(names) or 'lr'}"
            )
        above = 1 if name in SHARES else math.inf
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < above:
            kind = "from 0 up to but not including 1" if name in SHARES else "from 0 up"
            raise GraphcError(f"the `{name}` of {title} is a number {kind}, not {value!r}")
        text = re.sub(rf"^const {name} = .*$", constant(name, value), text, flags=re.MULTILINE)
    return text


Rate = float | Schedule


def GD(lr: Rate = 0.1) -> Optimizer:
    return optimizer("GD", lr)


def SGD(lr: Rate = 0.01, momentum: float = 0.0, nesterov: bool = False) -> Optimizer:
    """Stochastic gradient descent, plain, with momentum, or with Nesterov's."""
    if not momentum:
        if nesterov:
            raise GraphcError("Nesterov's step needs a momentum", "as in gc.SGD(0.1, momentum=0.9, nesterov=True)")
        return optimizer("SGD", lr)
    return optimizer("Nesterov" if nesterov else "Momentum", lr, momentum=momentum)


def Adagrad(lr: Rate = 0.01, eps: float = 1e-10) -> Optimizer:
    return optimizer("Adagrad", lr, eps=eps)


def Adadelta(lr: Rate = 1.0, rho: float = 0.9, eps: float = 1e-6) -> Optimizer:
    return optimizer("Adadelta", lr, rho=rho, eps=eps)


def RMSProp(lr: Rate = 0.01, rho: float = 0.99, eps: float = 1e-8) -> Optimizer:
    return optimizer("RMSProp", lr, rho=rho, eps=eps)


def Adam(lr: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    return optimizer("Adam", lr, beta1=beta1, beta2=beta2, eps=eps)


def AdamW(
    lr: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, decay: float = 0.01
) -> Optimizer:
    return optimizer("AdamW", lr, beta1=beta1, beta2=beta2, eps=eps, decay=decay)


__all__ = ["GD", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Constant", "Optimizer", "RMSProp", "optimizer"]
