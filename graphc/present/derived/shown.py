"""`derive` for people who write Python: a derivation that prints, typesets and shows itself."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ...derivation.derive import derive as derivation_of
from ...derivation.step import Derivation, Result, Step, Zoom
from ...graph.network import Network
from ...graph.node import Node
from ...language.errors import GraphcError

ZOOMS = ("graph", "index", "scalar")


class Shown:
    """A derivation. `steps` are in reading order; `result` holds what comes out, by names like "dL/dw"."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.derivation.steps

    @property
    def result(self) -> dict[str, Result]:
        return self.derivation.result

    def text(self, zoom: Zoom = "graph") -> str:
        """For a terminal."""
        return self._written("text", zoom)

    def markdown(self, zoom: Zoom = "graph") -> str:
        return self._written("markdown", zoom)

    def latex(self, zoom: Zoom = "graph") -> str:
        return self._written("latex", zoom)

    def html(self, zoom: Zoom = "graph") -> str:
        """A whole page, which needs nothing else: write it to a file and open that."""
        return self._written("html", zoom)

    def json(self) -> str:
        return self._written("json", "scalar")

    def _written(self, form: str, zoom: Zoom) -> str:
        if zoom not in ZOOMS:
            raise GraphcError(f"there is no zoom `{zoom}`", f"zooms are {', '.join(ZOOMS)}")
        written: str = import_module(f"graphc.present.derived.{form}").render(self.derivation, zoom)
        return written

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<derivation of {', '.join(self.result)} in {len(self.steps)} steps>"

    def _repr_html_(self) -> str:
        from .html_notebook import fragment

        return fragment(self.derivation)

    def _repr_latex_(self) -> str:
        return self.latex()


def derive(of: Node | Network, wrt: Sequence[Node | str] | Node | str | None = None) -> Shown:
    """The derivation of ∂of/∂w for each w, step by step. Of a network it is its loss, by all of its parameters."""
    net = of if isinstance(of, Network) else None
    target = net.loss if net is not None else of
    if net is not None and target is None:
        raise GraphcError(f"{net.name} has no loss", 'say which of its tensors is differentiated: net["y"]')
    _expect(target, "what is differentiated")
    if net is None:
        net = Network.of([target])  # type: ignore[list-item]
    asked: list[Any] = [wrt] if isinstance(wrt, Node | str) else list(net.params if wrt is None else wrt)
    if not asked:
        raise GraphcError("nothing is said to differentiate by", "wrt=[w] says it")
    variables = [net[one] if isinstance(one, str) else one for one in asked]
    for variable in variables:
        _expect(variable, "what to differentiate by")
    return Shown(derivation_of(target, variables, net))  # type: ignore[arg-type]


def _expect(given: object, role: str) -> None:
    if not isinstance(given, Node):
        hint = 'a net gives its tensors by name: net["x"]'
        raise GraphcError(f"{role} must be a tensor of the graph, here it is {type(given).__name__}", hint)
