"""A check of a model, a function that answers it, and what the grader makes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import graphc as gc
from grader.exercise import Check
from grader.references import Reference

SEED = 11


def check(call: str, *returns: str, **more: Any) -> Check:
    return Check("check", "code", 1.0, call=call, returns=returns, **more)


def reference(model: str, call: str, *returns: str, **more: Any) -> Reference:
    """The reference of a built-in model."""
    return Reference(gc.load(model), check(call, *returns, **more))


def written(folder: Path, text: str, call: str, *returns: str, **more: Any) -> Reference:
    """The reference of a model that a test writes down."""
    file = folder / "model.net"
    file.write_text(text, encoding="utf-8")
    return Reference(gc.load(file), check(call, *returns, **more))


def caller(reference: Reference, function: Callable[..., Any]) -> Callable[[list[np.ndarray]], dict[str, Any] | None]:
    """The function as the sandbox would call it: its values by name, None where it raises."""

    def call(arrays: list[np.ndarray]) -> dict[str, Any] | None:
        try:
            with np.errstate(all="ignore"):
                value = function(*arrays)
        except Exception:  # a student's function may raise anything
            return None
        values = value if isinstance(value, tuple) else (value,)
        return dict(zip(reference.returns, values, strict=True))

    return call


def answers(reference: Reference, function: Callable[..., Any], seed: int = SEED) -> list[tuple[Any, dict[str, Any]]]:
    call = caller(reference, function)
    return [(case, call(case.arrays()) or dict.fromkeys(reference.returns)) for case in reference.cases(seed)]


def passes(reference: Reference, function: Callable[..., Any], seed: int = SEED) -> dict[str, bool]:
    """Which of the values are right in every case."""
    heard = answers(reference, function, seed)
    return {
        name: all(v[name] is not None and reference.compare(case, name, v[name]).equal for case, v in heard)
        for name in reference.returns
    }


def codes(reference: Reference, function: Callable[..., Any], seed: int = SEED) -> list[str | None]:
    """The code for each of the values, None for a right one."""
    found = reference.diagnose(answers(reference, function, seed), caller(reference, function))
    return [diagnosis and diagnosis.code for diagnosis in found.values()]
