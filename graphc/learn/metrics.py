"""What a network's outputs are worth beside its loss: each metric adds up over batches and is one number in the end.

What counts as a hit depends on what is learnt: one of several classes, yes or no, or a number.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from ..language.errors import GraphcError, did_you_mean

CLASSES, YES_NO, NUMBERS = "classes", "yes or no", "numbers"


@dataclass(frozen=True)
class Answer:
    """How an output is compared with its target. `kind` is what is learnt; where it is yes or no, yes is what is above
    the `threshold`, and a target above `middle`. `masks` says that a row is an image.
    """

    output: str
    target: str
    kind: str
    threshold: float = 0.5
    middle: float = 0.5
    masks: bool = False
    classes: tuple[str, ...] = ()

    def labels(self, prediction: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The predicted class of each element and the right one, as integers."""
        if self.kind == YES_NO:
            return _flat(prediction > self.threshold), _flat(target > self.middle)
        return _flat(_class(prediction, target.shape)), _flat(_class(target, prediction.shape))

    def named(self, prediction: np.ndarray) -> list[str] | None:
        """The name of the class of each row, where a row has one."""
        if not self.classes or self.kind == NUMBERS or self.masks:
            return None
        whole = prediction > self.threshold if self.kind == YES_NO else _class(prediction, (0,) * prediction.ndim)
        numbers = _flat(whole)
        return [self.classes[number] for number in numbers] if len(numbers) == len(prediction) else None


def _class(array: np.ndarray, other: tuple[int, ...]) -> np.ndarray:
    """Where it is largest along the last axis; an array with fewer axes, or as many as two integers, has classes."""
    if array.ndim < len(other) or array.dtype.kind in "iub":
        return array
    return array.argmax(axis=-1)


def _flat(array: np.ndarray) -> np.ndarray:
    return np.asarray(array).ravel().astype(np.int64)


class Metric(ABC):
    """`add` batches, then `value` is the metric of all of them."""

    name = ""
    kinds: tuple[str, ...] = (CLASSES, YES_NO, NUMBERS)

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    @abstractmethod
    def add(self, prediction: np.ndarray, target: np.ndarray) -> None:
        """Take a batch into account."""

    @abstractmethod
    def value(self) -> float:
        """The metric of all that was added."""

    def again(self) -> Self:
        """One with what this one has, to add to."""
        found = object.__new__(type(self))
        found.__dict__.update(self.__dict__)
        return found


class Mean(Metric):
    """A metric that is a mean over elements."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.total, self.count = 0.0, 0

    @abstractmethod
    def each(self, prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        """What it is for each element."""

    def add(self, prediction: np.ndarray, target: np.ndarray) -> None:
        found = self.each(prediction, target)
        self.total += np.count_nonzero(found) if found.dtype == bool else float(found.sum(dtype=np.float64))
        self.count += found.size

    def value(self) -> float:
        return float(self.total / max(1, self.count))


class Accuracy(Mean):
    """The share of right answers; of masks, of right pixels."""

    name, kinds = "accuracy", (CLASSES, YES_NO)

    def each(self, prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        if self.answer.kind == YES_NO:  # without the numbers of classes, which are half of the time
            return (prediction > self.answer.threshold).ravel() == (target > self.answer.middle).ravel()
        predicted, right = self.answer.labels(prediction, target)
        return predicted == right


class TopK(Mean):
    """The share of rows whose class is among the k that are thought likeliest; ties go to the first."""

    name, kinds, k = "top_k", (CLASSES,), 5

    def each(self, prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        right = _flat(_class(target, prediction.shape))
        scores = prediction.reshape(len(right), -1)
        own = scores[np.arange(len(right)), right][:, None]
        before = np.arange(scores.shape[1]) < right[:, None]
        return ((scores > own) | ((scores == own) & before)).sum(axis=1) < self.k


class Dice(Metric):
    """Twice what two masks share, by what they have together: 1 where they agree, of all images at once."""

    name, kinds = "dice", (YES_NO,)

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.shared, self.together = 0, 0

    def add(self, prediction: np.ndarray, target: np.ndarray) -> None:
        predicted, right = self.answer.labels(prediction, target)
        self.shared += int((predicted & right).sum())
        self.together += int(predicted.sum() + right.sum())

    def value(self) -> float:
        return 2 * self.shared / self.together if self.together else 1.0


class MeanSquaredError(Mean):
    name = "mse"

    def each(self, prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        return _difference(prediction, target) ** 2


class MeanAbsoluteError(Mean):
    name = "mae"

    def each(self, prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
        return np.abs(_difference(prediction, target))


def _difference(prediction: np.ndarray, target: np.ndarray) -> np.ndarray:
    if prediction.shape[:-1] == target.shape and target.dtype.kind in "iub":  # classes by their numbers
        target = np.arange(prediction.shape[-1]) == target[..., None]
    if prediction.shape != target.shape:
        raise GraphcError(f"outputs of shape {prediction.shape} have no distance from targets of {target.shape}")
    return prediction.astype(np.float64) - target


TABLE: Mapping[str, type[Metric]] = {
    metric.name: metric for metric in (Accuracy, TopK, Dice, MeanSquaredError, MeanAbsoluteError)
}
ALIASES = {"mean_squared_error": "mse", "mean_absolute_error": "mae", "acc": "accuracy"}


def usual(answer: Answer) -> list[str]:
    """The metrics that are wanted where none are named."""
    if answer.kind == NUMBERS:
        return ["mse", "mae"]
    return ["accuracy", "dice"] if answer.masks and answer.kind == YES_NO else ["accuracy"]


def metric(name: str, answer: Answer) -> Metric:
    """A metric by its name; `top_3` is that of the three likeliest."""
    wanted = ALIASES.get(name.strip().lower(), name.strip().lower())
    top = re.fullmatch(r"top_?(\d+)", wanted)
    kind = TopK if top else TABLE.get(wanted)
    if kind is None:
        raise GraphcError(
            f"there is no metric `{name}`", did_you_mean(wanted, TABLE) or f"there are {', '.join(TABLE)}"
        )
    if answer.kind not in kind.kinds:
        raise GraphcError(
            f"`{answer.target}` is {answer.kind}, and {name} is for {' or for '.join(kind.kinds)}",
            f"here are {', '.join(title for title, one in TABLE.items() if answer.kind in one.kinds)}",
        )
    found = kind(answer)
    if top:
        found.k, found.name = max(1, int(top[1])), f"top_{int(top[1])}"  # type: ignore[attr-defined]
    return found


@dataclass
class Confusion:
    """How often which class was taken for which: a row for each right class, a column for each predicted one."""

    answer: Answer
    counts: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))

    def add(self, prediction: np.ndarray, target: np.ndarray) -> None:
        predicted, right = self.answer.labels(prediction, target)
        known = prediction.shape[-1] if self.answer.kind == CLASSES and prediction.ndim > 1 else 2
        count = max(
            len(self.counts), known, len(self.answer.classes), *(int(a.max(initial=0)) + 1 for a in (predicted, right))
        )
        found = np.bincount(right * count + predicted, minlength=count * count).reshape(count, count)
        found[: len(self.counts), : len(self.counts)] += self.counts
        self.counts = found

    @property
    def classes(self) -> Sequence[str]:
        given = self.answer.classes
        return given if len(given) == len(self.counts) else [str(number) for number in range(len(self.counts))]


def named(metrics: Sequence[Metric]) -> Callable[[Metric], str]:
    """What each is called: with the output's name where there are several outputs."""
    several = len({metric.answer.output for metric in metrics}) > 1
    return lambda metric: f"{metric.answer.output}_{metric.name}" if several else metric.name
