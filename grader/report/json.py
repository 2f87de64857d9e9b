"""The whole result as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from json import dumps
from typing import Any

from ..result import Grading


def json(grading: Grading, more: Mapping[str, Any] | None = None) -> Iterator[str]:
    """As `--json` prints it: what belongs to all, then a submission at a time, then `more`."""
    head = replace(grading, marks=()).json()
    del head["submissions"]
    yield written(head)[:-1] + ', "submissions": ['
    for number, mark in enumerate(grading.marks):
        yield (", " if number else "") + written(mark.json())
    yield "]" + "".join(f", {written(key)}: {written(value)}" for key, value in (more or {}).items()) + "}\n"


def written(data: Any, indent: int | None = None) -> str:
    """In the characters that it has, unless one of them cannot stand in a file."""
    text = dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)
    return text if text.isascii() or _is_encodable(text) else dumps(data, allow_nan=False, indent=indent)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
