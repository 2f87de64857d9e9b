"""What augmentation is asked for: examples are turned, shifted, scaled or mirrored by chance as they are learnt from.

Every kind is a motion of the plane, drawn anew for each example, and motions in a row are one motion.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar

from ..language.errors import GraphcError, did_you_mean

if TYPE_CHECKING:
    import numpy as np

Size = tuple[float, float]


@dataclass(frozen=True)
class Motion:
    """What becomes of places in each of some pictures: `turn` [n, 2, 2] times the place, and `shift` [n, 2] beside it.

    A place is how far it is from the middle, downwards and to the right.
    """

    turn: np.ndarray
    shift: np.ndarray

    def then(self, after: Motion) -> Motion:
        return Motion(after.turn @ self.turn, (after.turn @ self.shift[:, :, None])[:, :, 0] + after.shift)

    def back(self) -> Motion:
        """Where each place came from."""
        import numpy as np

        (a, b), (c, d) = np.moveaxis(self.turn, 0, -1)
        turn = np.moveaxis(np.array([[d, -b], [-c, a]]) / (a * d - b * c), -1, 0)
        return Motion(turn, -(turn @ self.shift[:, :, None])[:, :, 0])


class Augmentation(ABC):
    """A kind of motion. `draws` numbers from 0 to 1 choose one of them."""

    draws: ClassVar[int]

    @abstractmethod
    def motion(self, drawn: np.ndarray, size: Size) -> Motion:
        """A motion for each row of `drawn`, in pictures so high and so wide."""


@dataclass(frozen=True)
class Rotate(Augmentation):
    """Turned about the middle, by up to so many degrees one way or the other."""

    degrees: float
    draws = 1

    def __post_init__(self) -> None:
        _between("Rotate", self.degrees, 0, 180, "degrees")

    def motion(self, drawn: np.ndarray, size: Size) -> Motion:
        import numpy as np

        angle = np.radians(self.degrees * (2 * drawn[:, 0] - 1))
        return _turning(np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle))


@dataclass(frozen=True)
class Shift(Augmentation):
    """Shifted up or down, and left or right, by up to such a fraction of the height and of the width.

    One number is for both.
    """

    down: float
    across: float | None = None
    draws = 2

    def __post_init__(self) -> None:
        for fraction in (self.down, *([] if self.across is None else [self.across])):
            _between("Shift", fraction, 0, 1, "a fraction of the picture")

    def motion(self, drawn: np.ndarray, size: Size) -> Motion:
        import numpy as np

        most = np.array([self.down, self.down if self.across is None else self.across]) * size
        one = np.ones(len(drawn))
        return Motion(_turning(one, 0 * one, 0 * one, one).turn, most * (2 * drawn - 1))


@dataclass(frozen=True)
class Scale(Augmentation):
    """Drawn smaller or larger, `low` to `high` times as large; `Scale(0.1)` is `Scale(0.9, 1.1)`."""

    low: float
    high: float | None = None
    draws = 1

    def __post_init__(self) -> None:
        if self.high is None:
            _between("Scale", self.low, 0, 1, "a part that is less than the whole", open_end=True)
            return
        _between("Scale", self.low, 0, math.inf, "a factor", open_end=True)
        _between("Scale", self.high, self.low, math.inf, f"a factor from {self.low:g} up", open_end=True)
        if not self.low:
            raise GraphcError("Scale(0) leaves nothing to be seen", "Scale(0.8, 1.2) is a fifth smaller or larger")

    def motion(self, drawn: np.ndarray, size: Size) -> Motion:
        low, high = (1 - self.low, 1 + self.low) if self.high is None else (self.low, self.high)
        factor = low + (high - low) * drawn[:, 0]
        return _turning(factor, 0 * factor, 0 * factor, factor)


DIRECTIONS = {"horizontal": (False, True), "vertical": (True, False), "both": (True, True)}


@dataclass(frozen=True)
class Flip(Augmentation):
    """Every second time mirrored: left is right, or with `vertical` up is down, or with `both` each of them."""

    direction: str = "horizontal"
    draws = 2

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            hint = did_you_mean(str(self.direction), DIRECTIONS) or f"there are {', '.join(DIRECTIONS)}"
            raise GraphcError(f"there is no direction {self.direction!r} to flip in", hint)

    def motion(self, drawn: np.ndarray, size: Size) -> Motion:
        import numpy as np

        down, across = np.where((drawn < 0.5) & DIRECTIONS[self.direction], -1.0, 1.0).T
        return _turning(down, 0 * down, 0 * down, across)


def _turning(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> Motion:
    import numpy as np

    return Motion(np.moveaxis(np.array([[a, b], [c, d]]), -1, 0), np.zeros((len(a), 2)))


def _between(kind: str, value: Any, least: float, most: float, what: str, open_end: bool = False) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not least <= value <= most or (open_end and value == most):
        last = "" if most == math.inf else f" and {'below' if open_end else 'at most'} {most:g}"
        raise GraphcError(f"{kind} takes {what}, at least {least:g}{last}, not {value!r}")


KINDS: dict[str, Callable[..., Augmentation]] = {kind.__name__.lower(): kind for kind in (Rotate, Shift, Scale, Flip)}
Given = str | Augmentation | Sequence[Augmentation] | None


def augmentations(given: Given) -> list[Augmentation]:
    """Those of a list, of `rotate=15,shift=0.1,flip`, or of one alone. Two numbers have a colon between."""
    if isinstance(given, str):
        return [_read(part) for part in given.split(",")]
    found: list[Any] = list(given) if isinstance(given, list | tuple) else [] if given is None else [given]
    for one in found:
        if not isinstance(one, Augmentation):
            raise GraphcError(f"{one!r} is no augmentation", "as in augment=[gc.Rotate(15), gc.Flip()]")
    return found


def _read(part: str) -> Augmentation:
    name, _, values = (text.strip() for text in part.partition("="))
    if name not in KINDS:
        hint = did_you_mean(name, KINDS) or f"there are {', '.join(KINDS)}, as in rotate=15,shift=0.1,scale=0.1,flip"
        raise GraphcError(f"there is no augmentation `{name}`", hint)
    try:
        return KINDS[name](*[_value(text) for text in values.split(":") if values])
    except TypeError:
        raise GraphcError(
            f"`{part.strip()}` does not say how much", "as in rotate=15,shift=0.1,scale=0.8:1.2,flip"
        ) from None


def _value(text: str) -> float | str:
    return float(text) if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", text) else text
