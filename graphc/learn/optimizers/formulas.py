"""The optimisers, each a few equations over vectors: p the parameters, g the gradient, lr the rate, t the step from 1.

What becomes of `p` is `new_p`, and of a state `m`, which is 0 at first, `new_m`. `const` lines are hyperparameters with
their usual values. This table is all that there is of an optimiser.
"""

from __future__ import annotations

from typing import NamedTuple


class Formulas(NamedTuple):
    title: str
    rate: float  # the usual one
    text: str


FORMULAS = {
    "GD": Formulas("against the gradient of all examples", 0.1, "new_p = p - lr*g"),
    "SGD": Formulas("against the gradient of a few examples", 0.01, "new_p = p - lr*g"),
    "Momentum": Formulas(
        "the gradient pushes a velocity",
        0.01,
        """
const momentum = 0.9
new_v = momentum*v + g
new_p = p - lr*new_v
""",
    ),
    "Nesterov": Formulas(
        "a velocity, and the gradient where it leads",
        0.01,
        """
const momentum = 0.9
new_v = momentum*v + g
new_p = p - lr*(g + momentum*new_v)
""",
    ),
    "Adagrad": Formulas(
        "each parameter by the squares of all its gradients",
        0.01,
        """
const eps = 1e-10
new_s = s + g*g
new_p = p - lr*g/(sqrt(new_s) + eps)
""",
    ),
    "Adadelta": Formulas(
        "each parameter by recent gradients and by recent changes",
        1.0,
        """
const rho = 0.9
const eps = 1e-6
new_s = rho*s + (1 - rho)*g*g
change = g*sqrt(u + eps)/sqrt(new_s + eps)
new_u = rho*u + (1 - rho)*change*change
new_p = p - lr*change
""",
    ),
    "RMSProp": Formulas(
        "each parameter by the squares of recent gradients",
        0.01,
        """
const rho = 0.99
const eps = 1e-8
new_s = rho*s + (1 - rho)*g*g
new_p = p - lr*g/(sqrt(new_s) + eps)
""",
    ),
    "Adam": Formulas(
        "recent gradients by the squares of recent gradients, both freed of their start at 0",
        0.001,
        """
const beta1 = 0.9
const beta2 = 0.999
const eps = 1e-8
new_m = beta1*m + (1 - beta1)*g
new_v = beta2*v + (1 - beta2)*g*g
rate = lr*sqrt(1 - beta2**t)/(1 - beta1**t)
spread = sqrt(new_v) + eps*sqrt(1 - beta2**t)
new_p = p - rate*new_m/spread
""",
    ),
    "AdamW": Formulas(
        "Adam, and the parameters decay",
        0.001,
        """
const beta1 = 0.9
const beta2 = 0.999
const eps = 1e-8
const decay = 0.01
new_m = beta1*m + (1 - beta1)*g
new_v = beta2*v + (1 - beta2)*g*g
rate = lr*sqrt(1 - beta2**t)/(1 - beta1**t)
spread = sqrt(new_v) + eps*sqrt(1 - beta2**t)
new_p = p*(1 - lr*decay) - rate*new_m/spread
""",
    ),
}

# Hyperparameters that are shares of what is remembered.
SHARES = frozenset({"momentum", "rho", "beta1", "beta2"})
