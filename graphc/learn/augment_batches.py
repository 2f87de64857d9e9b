"""Batches that are augmented: the pictures in them, or else the points, moved by motions that seed and epoch give.

The numbers of an example are drawn in the order in which examples come, so the same seed gives the same bits, whatever
the size of a batch, and also when a training is taken up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import prod

import numpy as np

from ..language.errors import GraphcError
from .augment import Augmentation, Motion, Size
from .augment_pictures import moved_pictures, moved_points
from .data.column import Column
from .data.feed import Feed
from .data.standardise import Standard

COLOURS = 4  # at most
STREAM = 1  # of random numbers, beside that of the order of examples
AT_ONCE = 64 * 1024  # points that are looked at together when their box is measured


@dataclass(frozen=True)
class Pictures:
    """How an input is read as pictures. Of what has classes each pixel stays one of those before."""

    channels: int
    size: tuple[int, int]
    classes: bool = False

    def moved(self, array: np.ndarray, motion: Motion) -> np.ndarray:
        pictures = array.reshape(-1, self.channels, *self.size)
        return moved_pictures(pictures, motion, nearest=self.classes).reshape(array.shape)


@dataclass(frozen=True)
class Points:
    """An input of points in the plane. The box that they lie in is to them what height and width are to a picture."""

    middle: np.ndarray
    size: tuple[float, float]

    def moved(self, array: np.ndarray, motion: Motion) -> np.ndarray:
        return moved_points(array, motion, self.middle)


@dataclass(frozen=True)
class Augmented:
    """What is moved in the batches of a feed, and how. All of an example is moved alike, its mask too."""

    moved: Mapping[str, Pictures | Points]
    kinds: Sequence[Augmentation]
    seed: int
    standard: Standard | None = None

    @classmethod
    def of(
        cls, kinds: Sequence[Augmentation], feed: Feed, seed: int, standard: Standard | None = None
    ) -> Augmented | None:
        """Nothing where nothing is asked for. Inputs that were standardised are moved as they were before."""
        if not kinds:
            return None
        found: Mapping[str, Pictures | Points] = _pictures(feed) or _points(feed, standard)
        if not found:
            listed = ", ".join(f"`{name}` has {_row(feed.columns[name].shape)}" for name in _features(feed))
            raise GraphcError(
                f"there is nothing that could be augmented: {listed} for each example",
                "a picture is height × width or channels × height × width, a point in the plane two numbers",
            )
        return cls(found, kinds, seed, standard)

    def __call__(self, batches: Iterable[dict[str, np.ndarray]], epoch: int) -> Iterator[dict[str, np.ndarray]]:
        random = np.random.default_rng([self.seed, epoch, STREAM])
        for batch in batches:
            drawn = random.random((len(next(iter(batch.values()))), sum(kind.draws for kind in self.kinds)))
            yield batch | {name: self._seen(name, batch[name], drawn) for name in self.moved}

    def _seen(self, name: str, array: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        what = self.moved[name]
        motion = self._motion(drawn, what.size)
        if self.standard is None or name not in self.standard.means:
            return what.moved(array, motion)
        mean, deviation = (part[name].astype(array.dtype) for part in (self.standard.means, self.standard.deviations))
        return (what.moved(array * deviation + mean, motion) - mean) / deviation

    def _motion(self, drawn: np.ndarray, size: Size) -> Motion:
        ends = np.cumsum([kind.draws for kind in self.kinds])
        places = zip(self.kinds, ends, strict=True)
        return reduce(Motion.then, [kind.motion(drawn[:, end - kind.draws : end], size) for kind, end in places])


def _features(feed: Feed) -> list[str]:
    """The inputs that are numbers and no targets."""
    return [name for name, column in feed.columns.items() if name not in feed.targets and column.dtype.kind == "f"]


def _pictures(feed: Feed) -> dict[str, Pictures]:
    """The inputs that are pictures, and targets that are pictures as large as one of them, such as masks."""
    found: dict[str, Pictures] = {}
    for name in _features(feed):
        if len(feed.columns[name].picture) in (2, 3):
            found[name] = _as_pictures(feed.columns[name])
    sizes = {what.size for what in found.values()}
    for name in feed.targets if found else ():
        column = feed.columns[name]
        if len([extent for extent in column.picture if extent > 1]) < 2:
            continue
        if column.one_hot or len(column.picture) > 3 or _as_pictures(column).size not in sizes:
            raise GraphcError(
                f"the target `{name}` has {_row(column.shape)} for each example, which augmentation would have to move",
                f"a target that is a picture is moved where it is {' or '.join(_row(size) for size in sorted(sizes))}",
            )
        found[name] = _as_pictures(column, name in feed.classes)
    return found


def _as_pictures(column: Column, classes: bool = False) -> Pictures:
    *channels, height, width = column.picture
    if channels and width <= COLOURS < channels[0]:
        raise GraphcError(
            f"pictures of {_row(column.picture)} cannot be augmented: their channels would be {channels[0]}",
            "channels come first, as in [n, 3, height, width]",
        )
    return Pictures(prod(channels), (height, width), classes)


def _points(feed: Feed, standard: Standard | None) -> dict[str, Points]:
    found = {}
    for name in _features(feed):
        column = feed.columns[name]
        if column.shape == (2,):
            low, high = _box(feed, name)
            if standard is not None and name in standard.means:
                low, high = (end * standard.deviations[name] + standard.means[name] for end in (low, high))
            width, height = high - low
            found[name] = Points((low + high) / 2, (float(height), float(width)))
    return found


def _box(feed: Feed, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest numbers of an input."""
    ends = [
        (batch[name].min(axis=0), batch[name].max(axis=0))
        for batch in replace(feed, columns={name: feed.columns[name]}).batches(AT_ONCE)
    ]
    low, high = zip(*ends, strict=True)
    return np.min(low, axis=0).astype(np.float64), np.max(high, axis=0).astype(np.float64)


def _row(shape: Sequence[int]) -> str:
    return f"{' × '.join(map(str, shape))} numbers" if shape else "one number"
