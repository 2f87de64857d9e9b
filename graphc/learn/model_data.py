"""Data as people hand them to a model: arrays, several of them, arrays by name, or the name of a set or a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..graph.network import Network
from ..language.errors import GraphcError
from .data.dataset import Dataset
from .data.fit_to import fit_to
from .data.matching import roles
from .data.read import read
from .data.table import Table

if TYPE_CHECKING:
    from ..graph.node import Leaf
    from .data.feed import Feed
    from .model_learner import Learner


def feed_of(learner: Learner, x: Any, t: Any = None, targets: bool = True) -> Feed:
    """What the network is fed with. `x` alone may be a set: its name, a file, or one that was read."""
    data = _data(learner.network, x, t, targets)
    feed = fit_to(learner.network, data, learner.dtype, learner.sizes, learner.classes, targets, learner.names)
    return feed if learner.standard is None else learner.standard.apply(feed)


def looked_at(learner: Learner, x: Any, t: Any = None, targets: bool = True) -> Feed:
    """What is evaluated or predicted: of a set by its name the part that it holds out, as the commands have it."""
    feed = feed_of(learner, x, t, targets)
    by_name = isinstance(x, str | os.PathLike)
    return feed.held_out if by_name and feed.held_out is not None else feed


def _data(network: Network, x: Any, t: Any, targets: bool) -> Dataset | Table:
    if isinstance(x, str | os.PathLike | Dataset | Table):
        if t is not None:
            raise GraphcError("a data set has its targets in it, and others are given beside it")
        return read(x)
    features, wanted = roles(network)
    if targets and wanted and t is None:
        raise GraphcError(f"no targets are given, and the loss needs {', '.join(str(leaf.name) for leaf in wanted)}")
    if t is not None and not wanted:
        raise GraphcError("targets are given, and the loss reads none", "the inputs alone are enough")
    return Dataset.of(_named(x, features), _named(t, wanted) if targets else None)


def _named(given: Any, leaves: Sequence[Leaf]) -> Any:
    """Arrays in a list go to the inputs in their order, where there are several; one array has the only one's name."""
    if given is None or isinstance(given, dict):
        return given
    names = [str(leaf.name) for leaf in leaves]
    if len(names) == 1:
        return {names[0]: given}
    if not isinstance(given, list | tuple) or len(given) != len(names):
        have = f"{len(given)} arrays are" if isinstance(given, list | tuple) else "one array is"
        raise GraphcError(f"{have} given for {', '.join(names)}", "a list with one for each, or arrays by name")
    return dict(zip(names, given, strict=True))
