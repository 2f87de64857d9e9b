"""`graphc check`: a written derivation, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Json, Out
from .output import answer

File = Annotated[Path, typer.Argument(metavar="FILE.deriv", help="A derivation, as text.", show_default=False)]
EXIT_CODES = {"correct": 0, "wrong": 1, "undecided": 4}


def check(file: File, json: Json = False, out: Out = None) -> int:
    """The first false line of a written derivation, and why.

    Each line is compared with the one before it: true by proof, false with a place where the two differ, or undecided.

    Exit code 0: every line follows; 1: one is false; 2: the file cannot be read; 4: undecided.

    Example: graphc check homework.deriv
    """
    from ..judge.check import check as judge
    from ..language.parse import read_source
    from ..present.checked import checked_lines
    from .deriving import progress
    from .showing import written

    source = read_source(file)
    with progress(f"checking {file} …"):
        report = judge(source)
    answer(lambda: written(checked_lines(report), colour=out is None), report.json, json, out)
    return EXIT_CODES[report.verdict]
