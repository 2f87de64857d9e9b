"""The built-in models: one `.net` file each in this folder, found by name; the first comment line is the title."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Every model's name, numbers in their order: `net2` before `net10`."""
    return sorted(
        (file.stem for file in FOLDER.glob("*.net")),
        key=lambda name: re.sub(r"\d+", lambda number: number[0].zfill(9), name),
    )


def path(name: str) -> Path | None:
    """The file of a built-in model; None where there is none of that name."""
    return FOLDER / f"{name}.net" if name in names() else None


def title(name: str) -> str:
    """What stands after ` - ` in the first line of the model's file."""
    with (FOLDER / f"{name}.net").open(encoding="utf-8") as file:
        return file.readline().partition(" - ")[2].strip()
