"""Models in the plane, and what they say of it: what several pictures of the gallery have in common."""

from __future__ import annotations

from typing import Any

import graphc as gc
from graphc.learn.model_data import feed_of
from graphc.learn.plots.plane import plane_of, shaded


def net(*widths: int, dropout: float = 0.0) -> gc.Sequential:
    """Hidden layers of so many relu neurons, and one output for two classes."""
    layers: list[gc.Layer] = []
    for width in widths:
        layers += [gc.Dense(width, "relu"), *([gc.Dropout(dropout)] if dropout else [])]
    return gc.Sequential([*layers, gc.Dense(1, "sigma")], input=(2,))


def accuracies(model: gc.Model, data: Any) -> tuple[float, float]:
    """Of what was learnt from, and of what was held out."""
    return model.evaluate(data)["accuracy"], model.evaluate(data.held_out)["accuracy"]


def paint(axes: Any, model: gc.Model, data: Any, title: str) -> None:
    """Its boundary, with the examples learnt from; below the title how many it gets right."""
    feed = feed_of(model.learner, data).take(slice(None))  # without the part that is held out
    scene = model.learner.scene(feed)
    plane = plane_of(scene, scene.answers[0])
    assert plane is not None
    shaded(axes, plane)
    learnt, held_out = accuracies(model, data)
    loss = model.evaluate(data.held_out)["loss"]
    axes.set_title(f"{title}\n{learnt:.0%} right, held out {held_out:.0%}, loss {loss:.2f}", fontsize=9.5)
    axes.set(xlabel=plane.labels[0], ylabel=plane.labels[1], aspect="equal", anchor="N")
    axes.grid(False)


def framed_alike(row: Any) -> None:
    """The part of the plane that all of them show."""
    for get, put in (("get_xlim", "set_xlim"), ("get_ylim", "set_ylim")):
        limits = [getattr(axes, get)() for axes in row]
        for axes in row:
            getattr(axes, put)(max(low for low, _ in limits), min(high for _, high in limits))
