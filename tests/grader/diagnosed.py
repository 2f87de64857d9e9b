"""A check of a model, a function that answers it, and what the grader makes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pytest

import graphc as gc
from grader.exercise import Check
from grader.references import Reference
from graphc.syntax import parse_statement

SEED = 11
ANY = "any"  # named or not: several names would be true

Codes = str | None | Sequence[str | None]


def check(call: str, *returns: str, **more: Any) -> Check:
    return Check("check", "code", 1.0, call=call, returns=returns, **more)


def reference(model: str, call: str, *returns: str, **more: Any) -> Reference:
    """The reference of a built-in model."""
    return Reference(gc.load(model), check(call, *returns, **more))


def network(text: str) -> gc.Network:
    """A model that a test writes down."""
    lines = [line for line in text.splitlines() if line.strip()]
    return gc.load("chain").restated([parse_statement(line) for line in lines])


def written(text: str, call: str, *returns: str, **more: Any) -> Reference:
    """The reference of a model that a test writes down."""
    return Reference(network(text), check(call, *returns, **more))


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


@dataclass
class Kind:
    """A model with right answers in several styles, and single mistakes with the codes that they must get.

    A code for all of the values, or one for each, None where that one is right. `slow` mistakes are those for which
    many mutants are compiled.
    """

    model: str
    call: str
    returns: tuple[str, ...]
    right: Mapping[str, Callable[..., Any]]
    wrong: Mapping[str, tuple[Codes, Callable[..., Any]]]
    upstream: str | None = None
    slow: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def reference(self) -> Reference:
        return written(self.model, self.call, *self.returns, upstream=self.upstream)

    def expected(self, mistake: str) -> list[str | None]:
        code = self.wrong[mistake][0]
        return [code] * len(self.returns) if code is None or isinstance(code, str) else list(code)


def right_answers(kinds: Mapping[str, Kind]) -> list[Any]:
    return [pytest.param(kind, style, id=f"{name}: {style}") for name, kind in kinds.items() for style in kind.right]


def mistakes(kinds: Mapping[str, Kind]) -> list[Any]:
    return [
        pytest.param(kind, mistake, id=f"{name}: {mistake}", marks=[pytest.mark.slow] if mistake in kind.slow else [])
        for name, kind in kinds.items()
        for mistake in kind.wrong
    ]


def assert_loses_nothing(kind: Kind, style: str) -> None:
    function = kind.right[style]
    lost = {
        (case.label, name): kind.reference.compare(case, name, values[name]).detail
        for case, values in answers(kind.reference, function)
        for name in kind.returns
        if not kind.reference.compare(case, name, values[name]).equal
    }
    assert not lost


def assert_named(kind: Kind, mistake: str) -> None:
    """The mistake has its code, and costs the values that it concerns their points."""
    function, expected = kind.wrong[mistake][1], kind.expected(mistake)
    found = codes(kind.reference, function)
    assert [ANY if want == ANY and code else code for code, want in zip(found, expected, strict=True)] == expected
    assert [code is None for code in found] == list(passes(kind.reference, function).values())


def single(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function on numbers of single precision."""

    def called(*arrays: np.ndarray) -> Any:
        return function(*(array.astype(np.float32) if array.dtype.kind == "f" else array for array in arrays))

    return called
