"""Where a command's answer goes: text to the terminal or a file, or one JSON object on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language.errors import GraphcError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def answer(text: Callable[[], str], data: Callable[[], dict[str, Any]], as_json: bool, out: Path | None) -> None:
    """Print one of the two forms. With -o it goes to the file; with --json the object is on stdout in any case."""
    written = encode(data()) if as_json else text()
    if not written.endswith("\n"):
        written += "\n"
    if out is not None:
        write(out, written)
    if as_json or out is None:
        sys.stdout.write(written)


def encode(data: dict[str, Any]) -> str:
    """Strict JSON: a number that JSON lacks is written as the string "nan", "inf" or "-inf"."""
    escaped = (sys.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"
    try:
        return json.dumps(data, ensure_ascii=escaped, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(data), ensure_ascii=escaped, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return str(value)
    return value


def write(file: Path, content: str | bytes) -> None:
    """Write a whole file, or say in one line why that cannot be."""
    try:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise cannot("write", file, error) from None


def cannot(verb: str, file: Path, error: OSError) -> GraphcError:
    """`cannot read x.npz: No such file or directory`."""
    return GraphcError(f"cannot {verb} {file}: {error.strerror or error}")


def console() -> Console:
    """A rich console on stdout; a pipe gets lines of their natural length, not of a guessed terminal."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=240)


def plain(renderable: RenderableType) -> str:
    """What `console` would show, as text: in colour for a terminal, without for a file or a pipe."""
    screen = console()
    with screen.capture() as captured:
        screen.print(renderable, soft_wrap=False)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
