"""Made points: each set is a function of a random generator, a number of rows and what may be set.

Classes come in turn, so that any first rows have as many of each.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from .dataset import Target

Points = tuple[np.ndarray, dict[str, Target]]

TWO = ("0", "1")


def _in_turn(rows: int, classes: int) -> np.ndarray:
    return np.arange(rows) % classes


def _classes(x: np.ndarray, labels: np.ndarray, names: tuple[str, ...] = TWO) -> Points:
    return x, {"t": Target(labels, names)}


def clusters(random: Generator, rows: int, classes: int, noise: float) -> Points:
    """Normal clouds, their middles on a circle of radius 2."""
    label = _in_turn(rows, classes)
    angle = 2 * np.pi * (label / classes + 1 / 8)
    middle = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classes(middle + noise * random.normal(size=(rows, 2)), label, tuple(map(str, range(classes))))


def parabola(random: Generator, rows: int, gap: float) -> Points:
    """Class 1 is above y = x² - 1, class 0 below it; none is nearer to it than `gap`, upwards or downwards."""
    label = _in_turn(rows, 2)
    x = random.uniform(-1.5, 1.5, rows)
    away = random.uniform(gap, 1.2, rows)
    return _classes(np.stack([x, x**2 - 1 + np.where(label == 1, away, -away)], axis=1), label)


def spiral(random: Generator, rows: int, turns: float, noise: float) -> Points:
    """Two arms, the one half a turn behind the other."""
    label = _in_turn(rows, 2)
    along = np.sqrt(random.uniform(0.02, 1, rows))
    angle = 2 * np.pi * turns * along + np.pi * label
    arm = 2 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classes(arm + noise * random.normal(size=(rows, 2)), label)


def moons(random: Generator, rows: int, noise: float) -> Points:
    label = _in_turn(rows, 2)
    angle = np.pi * random.uniform(size=rows)
    side = 1 - 2 * label
    x = np.stack([side * np.cos(angle) + label - 0.5, side * np.sin(angle) + label / 2 - 0.25], axis=1)
    return _classes(x + noise * random.normal(size=(rows, 2)), label)


def circles(random: Generator, rows: int, inner: float, noise: float) -> Points:
    """Class 0 is on the unit circle, class 1 on one of radius `inner`."""
    label = _in_turn(rows, 2)
    angle = 2 * np.pi * random.uniform(size=rows)
    x = np.where(label == 1, inner, 1.0)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classes(x + noise * random.normal(size=(rows, 2)), label)


def line(random: Generator, rows: int, slope: float, offset: float, noise: float) -> Points:
    x = random.uniform(-1, 1, (rows, 1))
    return x, {"t": Target(slope * x + offset + noise * random.normal(size=(rows, 1)))}


def wave(random: Generator, rows: int, periods: float, noise: float) -> Points:
    x = random.uniform(-1, 1, (rows, 1))
    return x, {"t": Target(np.sin(np.pi * periods * x) + noise * random.normal(size=(rows, 1)))}


def houses(random: Generator, rows: int, noise: float) -> Points:
    """A price goes up with the surface, from 50,000 $; what is dear differs more."""
    surface = random.uniform(0.3, 2.5, (rows, 1))
    return surface, {"t": Target(0.5 + 2.2 * surface + noise * surface * random.normal(size=(rows, 1)))}


def biomarker(random: Generator, rows: int, noise: float) -> Points:
    """Severity runs from 0 to 10: the first marker rises with it, the second falls; below 3 a subject is healthy."""
    healthy = _in_turn(rows, 2)
    severity = np.where(healthy == 1, random.uniform(0, 2.5, rows), random.uniform(3.5, 10, rows))
    markers = np.stack([1 + 0.4 * severity, 1.6 - 0.09 * severity], axis=1)
    x = markers + noise * np.array([1, 0.3]) * random.normal(size=(rows, 2))
    return x, {"healthy": Target(healthy, ("ill", "healthy")), "severity": Target(severity[:, None])}


def patients(random: Generator, rows: int, noise: float) -> tuple[dict[str, np.ndarray], dict[str, Target]]:
    """What a scan shows and what blood shows add up: the severity is around 3, and below that a patient is healthy."""
    healthy = _in_turn(rows, 2)
    scan, blood = random.normal(size=(rows, 4)), random.normal(size=(rows, 3))
    worse = 1.5 * np.tanh(scan[:, 0] + scan[:, 1]) + 1.5 * np.tanh(blood[:, 0] - blood[:, 1])
    mirrored = np.where((worse < 0) == (healthy == 1), 1, -1)[:, None]
    severity = 3 + mirrored * worse[:, None] + noise * random.normal(size=(rows, 1))
    inputs = {"scan": mirrored * scan, "blood": mirrored * blood}
    return inputs, {"healthy": Target(healthy, ("ill", "healthy")), "severity": Target(severity)}
