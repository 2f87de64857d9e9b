"""Pages for the tests: of built-in models, written to a folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from samples import logistic

from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation, Zoom
from graphc.graph.network import load
from graphc.present.derived.html import render


@cache
def derivation(model: str) -> Derivation:
    """Of the loss by all parameters."""
    net = load(model)
    assert net.loss is not None
    return derive(net.loss, net.params, net)


def page(folder: Path, model: str, zoom: Zoom = "graph") -> Path:
    path = folder / "page.html"
    path.write_text(render(derivation(model), zoom), "utf-8")
    return path


def sample(folder: Path, zoom: Zoom = "graph", found: Derivation | None = None) -> Path:
    """The derivation that is made by hand: its steps are known by their numbers."""
    path = folder / "sample.html"
    path.write_text(render(found or logistic(), zoom), "utf-8")
    return path
