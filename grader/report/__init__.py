"""The marks in the forms that other programs and people read. All of them come from the one `Grading`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..result import Grading
from ..table import table
from .csv import csv
from .gradescope import gradescope
from .json import json
from .junit import junit
from .page import page

FORMATS: Mapping[str, Callable[[Grading], str]] = {
    "table": table,
    "json": json,
    "csv": csv,
    "junit": junit,
    "gradescope": gradescope,
    "html": page,
}
