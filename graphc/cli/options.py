"""The arguments and options that commands share, so that each means the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A .net file, FILE.py:NAME, or a name from `graphc list`.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Write to FILE instead of the terminal.", show_default=False),
]
Backend = Annotated[Literal["numpy", "triton"], typer.Option(help="What the program is emitted for.")]
