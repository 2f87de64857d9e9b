"""Marks and results as text, and back: exactly what they were, as points are not rounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ..result import CheckResult, Diagnosis, Mark, Part


def mark_text(mark: Mark) -> str:
    """In ASCII, on one line."""
    return _text(asdict(mark))


def check_text(check: CheckResult) -> str:
    """In ASCII, on one line."""
    return _text(asdict(check))


def mark_of(data: Mapping[str, Any]) -> Mark:
    """A mark from its text, once read, or from what its `json()` gave."""
    checks = tuple(map(check_of, data["checks"]))
    sandbox = tuple(data["sandbox"])
    message = data.get("message", "")
    return Mark(data["id"], data["status"], checks, data["max_score"], data["seconds"], sandbox, message)


def check_of(data: Mapping[str, Any]) -> CheckResult:
    """A check's result from its text, once read, or from what its `json()` gave."""
    parts: Iterable[Mapping[str, Any]] = data.get("parts", ())
    return CheckResult(
        data["name"],
        data["score"],
        data["max_score"],
        data["status"],
        data["message"],
        _diagnosis(data["diagnosis"]),
        tuple(Part(part["name"], part["share"], part["message"], _diagnosis(part["diagnosis"])) for part in parts),
    )


def _diagnosis(data: Mapping[str, Any] | None) -> Diagnosis | None:
    return None if data is None else Diagnosis(data["code"], data["text"], data["where"])


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True, allow_nan=False)
