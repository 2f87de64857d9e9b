"""How much one check may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Of a whole check: seconds of all its calls and memory beside the interpreter's own."""

    seconds: float = 10
    memory_mb: int = 1024
    file_mb: int = 8
