"""Made sequences of tokens, which are whole numbers: for nets that look each token up in a table."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from ...language.errors import GraphcError
from .dataset import Target

Sequences = tuple[np.ndarray, dict[str, Target]]


def majority(random: Generator, rows: int, length: int, tokens: int) -> Sequences:
    """The class is the token that comes most often; no other one comes as often."""
    _several(tokens, "majority")
    x = random.integers(tokens, size=(rows, length))
    while (tied := _tied(x, tokens)).any():
        x[tied] = random.integers(tokens, size=(int(tied.sum()), length))
    # the winner and the class in turn change names, so that classes are balanced and nothing else is
    label, winner = np.arange(rows) % tokens, _counts(x, tokens).argmax(axis=1)
    renamed = np.where(x == winner[:, None], label[:, None], np.where(x == label[:, None], winner[:, None], x))
    return renamed, {"t": Target(label, tuple(map(str, range(tokens))))}


def _counts(x: np.ndarray, tokens: int) -> np.ndarray:
    return (x[:, :, None] == np.arange(tokens)).sum(axis=1)


def _tied(x: np.ndarray, tokens: int) -> np.ndarray:
    counts = _counts(x, tokens)
    return (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1


def reverse(random: Generator, rows: int, length: int, tokens: int) -> Sequences:
    """What is learnt is the sequence from its end to its beginning, token by token."""
    _several(tokens, "reverse")
    x = random.integers(tokens, size=(rows, length))
    return x, {"t": Target(x[:, ::-1].copy())}


def _several(tokens: int, name: str) -> None:
    if tokens < 2:
        raise GraphcError(f"`tokens` of `{name}` is at least 2, not {tokens}")
