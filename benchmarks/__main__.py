"""`python -m benchmarks [--only steps|cold|building|deriving] [--rounds N] [-o FILE]`: one run, one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from graphc.cli.blas import choose_kernel

choose_kernel()  # as the command line does, and as it must be: before anything imports NumPy


def main() -> None:
    """Measure what was asked for and print the table; each row also goes to stderr as soon as it is known."""
    from . import building, cold, contestants, deriving, steps
    from .cases import CASES
    from .machine import machine
    from .table import Row, show

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=["steps", "cold", "building", "deriving"], help="a part of the table")
    parser.add_argument("--rounds", type=int, default=21, help="turns that each contestant gets (default 21)")
    parser.add_argument("-o", type=Path, metavar="FILE", help="write the table and the machine to a file as well")
    asked = parser.parse_args()

    parts: dict[str, list[Callable[[], list[Row]]]] = {
        "steps": [lambda case=case: [steps.measure(case, asked.rounds)] for case in CASES],
        "cold": [lambda: [cold.measure(max(3, asked.rounds // 4))]],
        "building": [lambda: building.measure(max(1, asked.rounds // 7))],
        "deriving": [lambda: deriving.measure(max(3, asked.rounds // 4))],
    }
    contestants.say_what_is_missing()
    rows: list[Row] = []
    for measure in [measure for part, some in parts.items() if asked.only in (None, part) for measure in some]:
        for row in measure():
            print("measured:", row.case, *row.cells.values(), row.ratio, sep="  ", file=sys.stderr)
            rows.append(row)
    text = f"{show(rows)}\n\n{machine()}\n"
    print(text, end="")
    if asked.o:
        asked.o.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
