"""`graphc grade`: what students handed in, checked against what the model says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Json, Out
from .output import answer

Exercise = Annotated[
    str, typer.Argument(metavar="EXERCISE", help="An id from `graphc exercises`, or a folder.", show_default=False)
]
Submissions = Annotated[
    list[Path] | None,
    typer.Argument(metavar="SUBMISSION...", help="Files, folders, or a folder of folders.", show_default=False),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="S", help="For the inputs; a secret one if none is given.", show_default=False),
]


def grade(
    exercise: Exercise, submissions: Submissions = None, seed: Seed = None, json: Json = False, out: Out = None
) -> int:
    """Grade files or folders: what was right, what is wrong, and where to look next.

    Exit code 0: all points; 1: some were lost; 2: the exercise cannot be read; 3: no sandbox; 4: undecided.

    Example: graphc grade 02-logistic/gradients homework.py
    """
    from secrets import randbelow

    from grader.catalogue import find
    from grader.grade import grade as grade_all
    from grader.sandbox import Workers, probe
    from grader.table import table

    found = find(exercise)
    paths = submissions or [found.folder]
    layers = probe()
    with Workers(layers) as workers:
        grading = grade_all(found, paths, randbelow(2**32) if seed is None else seed, workers, layers)
    answer(lambda: table(grading), grading.json, json, out)
    return grading.exit_code
