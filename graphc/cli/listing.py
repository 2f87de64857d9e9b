"""`graphc list`: what is there to start from."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from .options import Json, Out
from .output import answer


def list_models(json: Json = False, out: Out = None) -> None:
    """The built-in models, data sets and exercises.

    Example: graphc list
    """
    answer(_text, _data, json, out)


def _data() -> dict[str, Any]:
    from .. import models

    return {
        "schema": "graphc/list/1",
        "models": [{"name": name, "title": models.title(name)} for name in models.names()],
        "data": [],
        "exercises": [],
    }


def _text() -> str:
    lines = []
    for kind, entries in _data().items():
        if not isinstance(entries, list) or not entries:
            continue
        width = max(len(entry["name"]) for entry in entries)
        lines += [kind, *(line for entry in entries for line in _lines(entry, width)), ""]
    return "\n".join([*lines, "Next: `graphc show mlp`, `graphc render mlp -o mlp.svg`"])


def _lines(entry: dict[str, Any], width: int) -> list[str]:
    """A name and its title beside it, in 80 columns at most."""
    first = f"  {entry['name']:{width}}  "
    return wrap(entry["title"], 80, initial_indent=first, subsequent_indent=" " * len(first)) or [first.rstrip()]
