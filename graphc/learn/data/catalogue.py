"""The sets that graphc brings: one row a set. Listing them loads no NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from math import isfinite
from typing import TYPE_CHECKING, Any

from ...language.errors import GraphcError, did_you_mean

if TYPE_CHECKING:
    from .dataset import Dataset


@dataclass(frozen=True)
class Entry:
    """One set. `kind` is classes, numbers, masks or sequences; `features` are the numbers of one example, `rows` the
    examples to learn from, beside those held out.

    `maker` is a module of this folder and a function in it; `defaults` are what may be set.
    """

    name: str
    title: str
    kind: str
    features: int
    rows: int
    held_out: int
    maker: str
    defaults: Mapping[str, int | float] = field(default_factory=dict)

    @property
    def made(self) -> bool:
        return not self.maker.startswith("bundled.")


TABLE = (
    Entry("clusters", "points in clusters that a line parts", "classes", 2, 400, 200,
          "points.clusters", {"classes": 2, "noise": 0.5}),
    Entry("parabola", "points above and below a parabola", "classes", 2, 400, 200,
          "points.parabola", {"gap": 0.1}),
    Entry("spiral", "points on two arms of a spiral", "classes", 2, 400, 200,
          "points.spiral", {"turns": 1.0, "noise": 0.05}),
    Entry("moons", "points on two half moons", "classes", 2, 400, 200,
          "points.moons", {"noise": 0.1}),
    Entry("circles", "points on a circle and on another inside it", "classes", 2, 400, 200,
          "points.circles", {"inner": 0.5, "noise": 0.05}),
    Entry("line", "points near the line y = 2x + 1", "numbers", 1, 100, 50,
          "points.line", {"slope": 2.0, "offset": 1.0, "noise": 0.1}),
    Entry("wave", "points on a wave, for a function to be approximated", "numbers", 1, 200, 100,
          "points.wave", {"periods": 2.0, "noise": 0.0}),
    Entry("houses", "the price of a house by its surface, in 100,000 $ and 100 m²", "numbers", 1, 200, 100,
          "points.houses", {"noise": 0.2}),
    Entry("biomarker", "a cohort with two biomarkers: healthy or not, and how severe", "classes", 2, 400, 200,
          "points.biomarker", {"noise": 0.3}),
    Entry("patients", "patients with a scan and a blood test: healthy or not, and how severe", "classes", 7, 400, 200,
          "points.patients", {"noise": 0.1}),
    Entry("phantoms", "images of soft ellipses in noise, and their masks", "masks", 1024, 200, 100,
          "pictures.phantoms", {"size": 32, "noise": 0.2}),
    Entry("shapes", "images with one shape each, its class and its box", "classes", 256, 400, 200,
          "pictures.shapes", {"size": 16, "classes": 2, "noise": 0.1}),
    Entry("majority", "sequences of tokens, and the token that comes most often", "classes", 9, 800, 200,
          "sequences.majority", {"length": 9, "tokens": 4}),
    Entry("reverse", "sequences of tokens, and the same from the end", "sequences", 8, 4000, 200,
          "sequences.reverse", {"length": 8, "tokens": 10}),
    Entry("iris", "flowers of three kinds, four measures each (Fisher 1936)", "classes", 4, 120, 30,
          "bundled.iris"),
    Entry("digits", "handwritten digits of 8×8 pixels", "classes", 64, 1438, 359,
          "bundled.digits", {"size": 8, "first": 0, "classes": 10}),
    Entry("breast-cancer", "tumours, thirty measures each, standardised", "classes", 30, 455, 114,
          "bundled.breast_cancer"),
    Entry("wine", "wines of three growers, thirteen measures each, standardised", "classes", 13, 142, 36,
          "bundled.wine"),
)  # fmt: skip

BY_NAME = {entry.name: entry for entry in TABLE}


def make(name: str, **settings: Any) -> Dataset:
    """The set of this name. Settings are those of its row and `seed`; of a made set `rows` too, those to learn from."""
    entry = BY_NAME.get(name)
    if entry is None:
        raise GraphcError(
            f"there is no data set `{name}`", did_you_mean(name, BY_NAME) or f"the sets are {', '.join(BY_NAME)}"
        )
    general = {"seed": 0, "rows": entry.rows} if entry.made else {"seed": 0}
    chosen = _checked(name, general | dict(entry.defaults), settings)
    module, _, function = entry.maker.partition(".")
    maker = getattr(import_module(f".{module}", __package__), function)
    if not entry.made:
        return maker(**chosen)
    from .made import made

    return made(entry, maker, **chosen)


def _checked(name: str, known: Mapping[str, int | float], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, each of the type that its default has."""
    chosen: dict[str, Any] = dict(known)
    for key, value in given.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"it has {', '.join(known)}"
            raise GraphcError(f"`{name}` has no setting `{key}`", hint)
        number = _number(value)
        if number is None or (isinstance(known[key], int) and number != int(number)):
            what = "a whole number" if isinstance(known[key], int) else "a number"
            raise GraphcError(f"`{key}` of `{name}` is {what}, not `{value}`")
        least = {"seed": 0, "first": 0}.get(key, 1) if isinstance(known[key], int) else number
        if number < least:
            raise GraphcError(f"`{key}` of `{name}` is at least {least}, not {value}")
        chosen[key] = type(known[key])(number)
    return chosen


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None
