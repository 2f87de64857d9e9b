"""Where the elements of one tensor may lie, as the assumptions say: between ends, among values, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

SIMPLE = (*map(Fraction, (0, 1, -1, 2, -2, 3)), Fraction(1, 2))
HALVES = (Fraction(1, 4), Fraction(1, 8), Fraction(1, 10))
FEW = 3  # whole numbers in a row that a range without 0 offers to readers


@dataclass
class Range:
    """From `low` to `high`, None where there is no end; `low_open`, `high_open`: the end itself is not reached."""

    low: Fraction | None = None
    high: Fraction | None = None
    values: tuple[Fraction, ...] = ()
    integer: bool = False
    row: str = ""  # one_hot or distribution
    low_open: bool = True
    high_open: bool = True

    @property
    def discrete(self) -> bool:
        return bool(self.values) or self.integer or self.row == "one_hot"

    @property
    def free(self) -> bool:
        """Whether it is any number at all."""
        return self.low is None and self.high is None and not (self.values or self.integer or self.row)

    @property
    def single(self) -> bool:
        """Whether it is one number."""
        if self.values:
            return len(self.values) == 1
        if self.low is None or self.high is None:
            return False
        least, most = self.whole(0, signed=False)
        return self.low == self.high or (self.integer and least == most)

    def above(self, low: Fraction, strictly: bool) -> None:
        """Raise the lower end."""
        if self.low is None or low > self.low:
            self.low, self.low_open = low, strictly
        elif low == self.low:
            self.low_open |= strictly

    def below(self, high: Fraction, strictly: bool) -> None:
        """Lower the upper end."""
        if self.high is None or high < self.high:
            self.high, self.high_open = high, strictly
        elif high == self.high:
            self.high_open |= strictly

    def choose(self, values: Iterable[Fraction]) -> None:
        """One of these, and one of those that were there before."""
        kept = tuple(value for value in values if not self.values or value in self.values)
        if not kept:  # a range that holds nothing
            self.above(Fraction(1), strictly=True)
            self.below(Fraction(0), strictly=True)
        self.values = kept

    def settle(self) -> bool:
        """Leave out the values that lie elsewhere; whether anything is left."""
        had = bool(self.values)
        self.values = tuple(value for value in self.values if self.holds(value))
        if had or self.low is None or self.high is None:
            return bool(self.values) or not had
        if self.integer:
            least, most = self.whole(0, signed=False)
            return least <= most and self.holds(Fraction(least))
        return self.low < self.high or (self.low == self.high and not (self.low_open or self.high_open))

    def holds(self, value: Fraction) -> bool:
        """Whether one element may be this."""
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        if self.high is not None and (value > self.high or (self.high_open and value == self.high)):
            return False
        if self.integer and value.denominator != 1:
            return False
        return not self.values or value in self.values

    def fits(self, row: Sequence[Fraction]) -> bool:
        """Whether a row is what rows are to be."""
        if self.row == "one_hot":
            return sorted(row) == [0] * (len(row) - 1) + [1]
        return self.row != "distribution" or (sum(row) == 1 and min(row) >= 0)

    def whole(self, scale: int, signed: bool) -> tuple[int, int]:
        """The least and the greatest whole number to draw; the ends where there are any."""
        least = most = None
        if self.low is not None:
            least = floor(self.low) + 1 if self.low_open else ceil(self.low)
        if self.high is not None:
            most = ceil(self.high) - 1 if self.high_open else floor(self.high)
        span = max(3, scale)
        if least is None:
            least = (-3 if signed else 1) if most is None else min(most, -3 if signed else 1) - (most < 1) * span
        return least, max(least, least + span if most is None else most)

    def simple(self) -> tuple[Fraction, ...]:
        """Numbers in range that read easily, the easiest first."""
        if self.values:
            return tuple(sorted(self.values, key=_ease))
        found = [value for value in SIMPLE if self.holds(value)]
        if len(found) < 2:
            ends = [floor(end) + k for end in (self.low, self.high) if end is not None for k in range(-FEW, FEW + 1)]
            found += sorted((v for v in map(Fraction, ends) if self.holds(v) and v not in found), key=_ease)
        found += HALVES
        if self.low is not None and self.high is not None:
            found.append(self.low + (self.high - self.low) / 2)
        return tuple(dict.fromkeys(value for value in found if self.holds(value)))

    def readable(self) -> tuple[Fraction, ...]:
        """Of those the whole ones, where there are any."""
        simple = self.simple()
        return tuple(value for value in simple if value.denominator == 1) or simple


def _ease(value: Fraction) -> tuple[int, Fraction, bool]:
    return value.denominator, abs(value), value < 0
