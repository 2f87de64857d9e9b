"""Whether an answer is right: how far off it may be follows from its type, from conditioning, and from kinks."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .inputs import Case

Program = Callable[[Mapping[str, np.ndarray]], Mapping[str, np.ndarray]]

PROBES = 6  # perturbed inputs for conditioning
NEAR, NEAR_A_KINK = 16, 96  # directions in which kinks are looked for, and all values beside one
STEP = 1e-6  # how far away neighbours are
JUMP = 1e-4  # the least jump, relative to what jumps
EXACT = 8  # that many choices at a kink are put together exactly; more, element by element
DOUBLE, SINGLE = 2.0**-52, 2.0**-23
STRETCH = 2.0**12  # a step of one rounding would be lost in the reference's own
ROUNDINGS, ROUNDINGS_SINGLE = 2.0**10, 2.0**5  # by how many the student's way may differ from the reference's


@dataclass(frozen=True)
class Margin:
    """How far off each element may be, for answers of either precision, and what else is right at a kink."""

    double: np.ndarray
    single: np.ndarray
    choices: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """`reason` is shape, dtype, value or non-finite where it is not equal."""

    reason: str | None = None
    detail: str = ""

    @property
    def equal(self) -> bool:
        return self.reason is None


EQUAL = Comparison()


def compare(case: Case, name: str, value: Any, tolerance: float | None = None) -> Comparison:
    """An answer beside the right one. An exercise's `tolerance` widens the margin, relative to the largest element."""
    right, margin = case.expected[name], case.margins[name]
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        return Comparison("dtype", f"an array of {array.dtype}, where numbers are wanted")
    if array.shape != right.shape:
        return Comparison("shape", f"shape {array.shape}, where {right.shape} is wanted")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        held = "NaN" if np.isnan(array).any() else "infinity"
        return Comparison("non-finite", f"{held} among the numbers")
    single = array.dtype.kind == "f" and array.dtype.itemsize < 8
    if array.dtype.kind == "f" and array.dtype.itemsize < 4:
        return Comparison("dtype", f"{array.dtype} holds too few digits")
    slack = margin.single if single else margin.double
    if tolerance is not None:
        slack = np.maximum(slack, tolerance * max(1e-300, float(np.abs(right).max(initial=0.0))))
    found = array.astype(np.float64)
    if (np.abs(found - right) <= slack).all() or among(found, margin.choices, slack):
        return EQUAL
    if array.dtype.kind in "iub":
        return Comparison("dtype", f"an array of {array.dtype}, where fractions are wanted")
    return Comparison("value", _places(np.abs(found - right) > slack))


def _places(wrong: np.ndarray) -> str:
    """Where the numbers are wrong, without the right ones."""
    if not wrong.ndim:
        return "not the right number"
    places = np.argwhere(wrong)
    first = ", ".join(map(str, places[0].tolist())) if len(places) else ""
    if len(places) == wrong.size:
        return (
            f"not the right numbers, at none of the {wrong.size} places" if wrong.size > 1 else "not the right number"
        )
    return f"not the right numbers at {len(places)} of {wrong.size} places, the first at [{first}]"


def margins(
    program: Program,
    drawn: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
    moving: Sequence[str],
    random: np.random.Generator,
    least: float = 0.0,
) -> dict[str, Margin]:
    """What perturbing the inputs by their own rounding does to the answers, and which values a kink leaves open.

    Less than one rounding of `least` is nothing, however small the answers are.
    """
    near = _Neighbours(program, drawn, moving, random)
    choices = _choices(near, expected)
    double = _sway(near, expected, STRETCH * DOUBLE, choices)
    single = double if choices else _sway(near, expected, SINGLE, choices)
    rounded = {} if choices else _rounded(program, drawn)
    found = {}
    for name, value in expected.items():
        floor = float(np.abs(value).max(initial=0.0)) + rounded.get(name, 0.0) + least
        at_double = DOUBLE * ROUNDINGS * (double[name] + floor) + 1e-300
        at_single = SINGLE * ROUNDINGS_SINGLE * (np.maximum(single[name], double[name]) + floor) + 1e-300
        found[name] = Margin(at_double, at_single, choices.get(name, ()))
    return found


def _rounded(program: Program, drawn: Mapping[str, np.ndarray]) -> dict[str, float]:
    """What the reference's own roundings come to, in units of one: where large terms cancel, the inputs do not tell.

    It is computed in single precision and, from the same inputs, in double.
    """
    short = {name: value.astype(np.float32) if value.dtype.kind == "f" else value for name, value in drawn.items()}
    long = {name: value.astype(np.float64) if value.dtype.kind == "f" else value for name, value in short.items()}
    found = {}
    for (name, one), other in zip(program(short).items(), program(long).values(), strict=True):
        error = np.abs(one.astype(np.float64) - other)
        found[name] = float(error[np.isfinite(error)].max(initial=0.0)) / SINGLE
    return found


class _Neighbours:
    """The answers near the inputs: numbers move by a share of themselves, or all by a share of the largest."""

    def __init__(
        self, program: Program, drawn: Mapping[str, np.ndarray], moving: Sequence[str], random: np.random.Generator
    ) -> None:
        self.program, self.drawn, self.random = program, drawn, random
        self.own = {name: np.abs(drawn[name]) for name in moving}
        self.all = {name: own + 0.1 * (float(own.max(initial=0.0)) or 10.0) for name, own in self.own.items()}

    def rounded(self) -> dict[str, np.ndarray]:
        """A direction in which roundings go: a zero is exact."""
        return self._direction(self.own)

    def anywhere(self) -> dict[str, np.ndarray]:
        return self._direction(self.all)

    def _direction(self, reach: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: far * self.random.uniform(-1.0, 1.0, far.shape) for name, far in reach.items()}

    def at(self, direction: Mapping[str, np.ndarray], step: float) -> Mapping[str, np.ndarray]:
        return self.program({**self.drawn, **{name: self.drawn[name] + step * way for name, way in direction.items()}})


def _sway(
    near: _Neighbours, expected: Mapping[str, np.ndarray], step: float, kinked: Container[str]
) -> dict[str, np.ndarray]:
    """How far each element moves, in units of how far the inputs do. A jump at a kink is no rounding."""
    far = {name: np.zeros_like(value) for name, value in expected.items()}
    for _ in range(PROBES):
        for name, value in near.at(near.rounded(), step).items():
            moved = np.abs(value - expected[name])
            if name in kinked:
                scale = np.abs(expected[name]).max(initial=0.0) + np.abs(value).max(initial=0.0)
                moved = np.where(moved > JUMP * scale, 0.0, moved)
            far[name] = np.maximum(far[name], np.where(np.isfinite(moved), moved, 0.0) / step)
    return far


def _choices(near: _Neighbours, expected: Mapping[str, np.ndarray]) -> dict[str, tuple[np.ndarray, ...]]:
    """The different values that the reference has just beside a point: what is right at a kink lies between them.

    A jump is told from a slope by coming closer: a slope's change shrinks, a jump stays.
    """
    found = {name: [value] for name, value in expected.items()}
    tried, wanted = 0, NEAR
    while tried < wanted:
        tried += 1
        direction = near.anywhere()
        farther, closer = near.at(direction, STEP), near.at(direction, STEP / 100)
        for name, value in closer.items():
            if not np.isfinite(value).all():
                continue
            change, before = np.abs(value - expected[name]), np.abs(farther[name] - expected[name])
            scale = float(np.abs(expected[name]).max(initial=0.0)) + float(np.abs(value).max(initial=0.0))
            jumped = (change > JUMP * scale) & (change > 0.3 * before)
            if jumped.any() and all(np.abs(value - other).max() > JUMP * scale for other in found[name]):
                found[name].append(value)
                wanted = NEAR_A_KINK
    return {name: tuple(values) for name, values in found.items() if len(values) > 1}


def among(value: np.ndarray, choices: Sequence[np.ndarray], slack: np.ndarray) -> bool:
    """Whether a value lies between the choices at a kink: together where they are few, else element by element."""
    if not choices:
        return False
    corners = np.stack([choice.ravel() for choice in choices])
    near = slack.ravel() + 4e-5 * (np.abs(corners).max(axis=0) + np.abs(corners).max())
    point = value.ravel()
    if not ((corners.min(axis=0) - near <= point) & (point <= corners.max(axis=0) + near)).all():
        return False
    return len(corners) > EXACT or _in_hull(point, corners, near)


def _in_hull(point: np.ndarray, corners: np.ndarray, near: np.ndarray) -> bool:
    """Whether weights that add up to 1 make the point of the corners; every subset is solved, as they are few."""
    for count in range(1, len(corners) + 1):
        for chosen in combinations(range(len(corners)), count):
            base, others = corners[chosen[0]], corners[list(chosen[1:])]
            weights = np.linalg.lstsq((others - base).T, point - base, rcond=None)[0] if count > 1 else np.zeros(0)
            if (weights >= -1e-6).all() and weights.sum() <= 1 + 1e-6:
                made = base + weights @ (others - base) if count > 1 else base
                if (np.abs(made - point) <= near).all():
                    return True
    return False
