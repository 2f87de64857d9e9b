"""Pages for the tests: of built-in models, written to a folder."""

from __future__ import annotations

from pathlib import Path

from samples import logistic

from graphc.derivation.derive import derive
from graphc.derivation.step import Derivation, Zoom
from graphc.graph.network import Network, load
from graphc.present.derived.html import render


def derivation(net: Network, *wrt: str) -> Derivation:
    """Of the loss or, where there is none, of the last output."""
    of = net.outputs[-1] if net.loss is None else net.loss
    return derive(of, [net[name] for name in wrt] or net.params, net)


def page(folder: Path, net: Network | str, *wrt: str, zoom: Zoom = "graph") -> Path:
    net = load(net) if isinstance(net, str) else net
    path = folder / "page.html"
    path.write_text(render(derivation(net, *wrt), zoom), "utf-8")
    return path


def sample(folder: Path, zoom: Zoom = "graph", found: Derivation | None = None) -> Path:
    """The derivation that is made by hand: its steps are known by their numbers."""
    path = folder / "sample.html"
    path.write_text(render(found or logistic(), zoom), "utf-8")
    return path
