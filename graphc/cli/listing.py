"""`graphc list`: what is there to start from."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from .options import Json, Out
from .output import answer

if TYPE_CHECKING:
    from ..learn.data.catalogue import Entry


def list_models(json: Json = False, out: Out = None) -> None:
    """The built-in models, data sets and exercises.

    Example: graphc list
    """
    answer(_text, _data, json, out)


def _data() -> dict[str, Any]:
    from grader.catalogue import entries

    from .. import models
    from ..learn.data import catalogue

    return {
        "schema": "graphc/list/1",
        "models": [{"name": name, "title": models.title(name)} for name in models.names()],
        "data": [_described(entry) for entry in catalogue.TABLE],
        "exercises": [{"name": one.id, "title": one.title, "points": one.points} for one in entries()],
    }


def _described(entry: Entry) -> dict[str, Any]:
    """A set of data: its rows to learn from and those held out, and the numbers of one example."""
    return {key: getattr(entry, key) for key in ("name", "title", "kind", "features", "rows", "held_out")}


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
