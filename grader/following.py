"""A value that is wrong only because it was made of an earlier one that was: right, given the student's own.

The student's own value takes the place of the one in the graph, forward or, of a gradient, backward. What is trivial,
zeros, a constant or an argument handed back, makes everything after it easy, and is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

import graphc as gc

from .compare import Margin, compare
from .exercise import Check, slope
from .references import walk

if TYPE_CHECKING:
    from .inputs import Case
    from .references import Reference

Values = Mapping[str, Any]
LEAST = 2  # cases in which the student's own value can be followed
NEAR = {"double": 1e-7, "single": 1e-3}  # beside the margins, which are those of the right value
OWN = "own_value"


@dataclass(frozen=True)
class Wrong:
    """A value that was wrong: which check asked for it, and under which name."""

    check: Check
    name: str


def may_follow(reference: Reference, name: str, wrong: Wrong) -> bool:
    """Whether the value `name` is made of the wrong one."""
    itself = wrong.check is reference.check and wrong.name == name
    return not itself and _program(reference, name, wrong.name, wrong.check.upstream) is not None


def follows(
    reference: Reference, name: str, answers: Sequence[tuple[Case, Values]], wrong: Wrong, own: Sequence[Any]
) -> bool:
    """Whether the value `name` is right in all cases if the student's `own` values of the wrong one are taken."""
    program = _program(reference, name, wrong.name, wrong.check.upstream)
    if program is None or _trivial([(case, value) for (case, _), value in zip(answers, own, strict=True)]):
        return False
    compared: list[np.ndarray] = []
    for (case, values), value in zip(answers, own, strict=True):
        expected = None if value is None else program(case, value)
        if expected is None or not np.isfinite(expected).all():
            if case.large:  # what is too large already cannot be followed
                continue
            return False
        if not _equal(reference, case, name, values[name], expected):
            return False
        compared.append(expected)
    return len(compared) >= LEAST and any(array.any() for array in compared) and not _constant(compared)


def _equal(reference: Reference, case: Case, name: str, value: Any, expected: np.ndarray) -> bool:
    margin = case.margins[name]
    moved = replace(
        case,
        expected={**case.expected, name: expected},
        margins={**case.margins, name: Margin(margin.double, margin.single)},
    )
    single = getattr(value, "dtype", np.dtype(float)).itemsize < 8
    near = max(NEAR["single" if single else "double"], reference.check.tolerance or 0.0)
    return compare(moved, name, value, near).equal


@lru_cache(1024)  # a class makes the same mistakes
def _program(reference: Reference, name: str, wrong: str, upstream: str | None) -> Any:
    """The value with a student's own in place of the wrong one, as a function of a case; None if not made of it."""
    of, by = slope(wrong, reference.network)
    try:
        if by is None:
            return _forward(reference, name, of)
        return _backward(reference, name, of, by) if upstream == reference.check.upstream else None
    except gc.GraphcError:
        return None


def _forward(reference: Reference, name: str, node: str) -> Any:
    if node not in reference.network or node in reference.arguments or node == name:
        return None
    if reference.network[node].kind != "map":
        return None
    of, by = slope(name, reference.network)
    root, inner = reference.network[of], reference.network[node]
    if by is not None:
        root = gc.grad(root, reference.network[by], reference.upstream)
    own = gc.input(OWN, inner.extents)
    (moved,) = gc.substituted([root], {inner: own})
    return None if moved is root else _run(gc.compile(moved, arguments=[*reference.leaves, own]))


def _backward(reference: Reference, name: str, of: str, by: str) -> Any:
    """∂L/∂p with the student's own ∂L/∂v: where v leads to p, the difference from the right one is added."""
    wanted, wrt = slope(name, reference.network)
    if wanted != of or wrt in (None, by):
        return None
    network = reference.network
    head, node, variable = network[of], network[by], network[str(wrt)]
    if node is head or variable not in set(walk([node])):
        return None
    own = gc.input(OWN, node.extents)
    change = own - gc.grad(head, node, reference.upstream)
    total = gc.grad(head, variable, reference.upstream) + gc.grad(node, variable, change)
    return _run(gc.compile(total, arguments=[*reference.leaves, own]))


def _run(program: gc.Program) -> Any:
    def run(case: Case, value: Any) -> np.ndarray | None:
        try:
            with np.errstate(all="ignore"):
                return np.asarray(program(**{**case.drawn, OWN: np.asarray(value, dtype=float)}))
        except (gc.GraphcError, TypeError, ValueError):
            return None

    return run


def _trivial(own: list[tuple[Case, Any]]) -> bool:
    """Whether a student's values are what makes everything after them easy."""
    known = [(case, np.asarray(value)) for case, value in own if value is not None]
    arrays = [value for case, value in known if not case.large]
    if len(arrays) < LEAST or not all(a.dtype.kind in "fiu" and np.isfinite(a).all() for a in arrays):
        return True
    flat = all(array.size > 1 and np.ptp(array) <= 1e-12 * np.abs(array).max() for array in arrays)
    return flat or _constant(arrays) or any(_is_argument(case, value) for case, value in known if not case.large)


def _constant(arrays: list[np.ndarray]) -> bool:
    """Whether arrays of one shape are the same in all cases, so that nothing was computed."""
    pairs = [(a, b) for k, a in enumerate(arrays) for b in arrays[:k] if a.shape == b.shape]
    return all(np.array_equal(a, b) for a, b in pairs)


def _is_argument(case: Case, value: np.ndarray) -> bool:
    return any(value.shape == np.shape(given) and np.array_equal(value, given) for given in case.arguments.values())


def earlier(wrong: list[Wrong], check: Check) -> Iterator[Wrong]:
    """The wrong values that can be asked for again with what this check gives."""
    for one in wrong:
        if one.check is check or set(one.check.arguments) <= set(check.arguments):
            yield one
