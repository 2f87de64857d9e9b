"""The whole result as one JSON object."""

from __future__ import annotations

from json import dumps

from ..result import Grading


def json(grading: Grading) -> str:
    """As `--json` prints it."""
    return dumps(grading.json(), ensure_ascii=False, allow_nan=False)
