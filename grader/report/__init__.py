"""The marks in the forms that other programs and people read. All come from the one `Grading`, piece by piece.

A form goes through the marks one by one, twice at most, and holds none of them: a class may be large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..result import Grading
from ..table import table
from . import changes
from .csv import csv
from .gradescope import gradescope
from .json import json
from .junit import junit
from .page import page


def _table(grading: Grading) -> Iterator[str]:
    yield table(grading)


FORMATS: Mapping[str, Callable[[Grading], Iterator[str]]] = {
    "table": _table,
    "json": json,
    "csv": csv,
    "junit": junit,
    "gradescope": gradescope,
    "html": page,
}


def pieces(grading: Grading, form: str, diff: bool = False) -> Iterator[str]:
    """The pieces of a text that ends its last line; with `diff`, what has changed, where a form has room for it."""
    if diff and form == "json":
        yield from json(grading, {"changes": [one.json() for one in changes.changes(grading)]})
    else:
        yield from FORMATS[form](grading)
    if diff and form == "table":
        yield f"\n{changes.text(grading)}"
