"""graphc as a contestant: declared, differentiated and compiled as a user would."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cases import Case


def gradient_program(model: str) -> Any:
    """Loss and the derivatives of all parameters, compiled."""
    import graphc as gc

    net = gc.load(model)
    return gc.compile([net.loss, *gc.grad(net.loss, net.params)])


def step(case: Case) -> Callable[[], list]:
    """A call with fresh results, argument checks included."""
    program = gradient_program(case.model)
    arrays = case.arrays()
    return lambda: program(**arrays)
