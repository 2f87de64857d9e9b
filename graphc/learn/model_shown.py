"""How a model shows itself. Tables, pictures and derivations lie further up, and are fetched by name when asked for."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..graph.network import Network


def table(network: Network, width: int | None = None) -> str:
    """The layer table as `graphc show` has it."""
    found = import_module("graphc.present.table").layer_table(network)
    room = shutil.get_terminal_size((100, 24)).columns if width is None else width
    lines = import_module("graphc.present.terminal").table_lines(found, room)
    return "\n".join("".join(piece.text for piece in line).rstrip() for line in lines)


def derivation(network: Network, of: str | None, wrt: Sequence[str] | str | None) -> Any:
    """What `gc.derive` gives."""
    names = [wrt] if isinstance(wrt, str) else wrt
    if of is None:
        return import_module("graphc").derive(network, names)
    variables = network.params if names is None else [network[name] for name in names]
    return import_module("graphc").derive(network[of], variables)
