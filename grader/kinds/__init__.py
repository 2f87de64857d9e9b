"""How each kind of check is graded: one file a kind, named for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..desk import Desk
    from ..exercise import Check
    from ..result import CheckResult


def grader_of(kind: str) -> Callable[[Check, Desk], CheckResult]:
    """The function that grades a check of this kind."""
    grade: Callable[[Check, Desk], CheckResult] = import_module(f".{kind}", __name__).grade
    return grade
