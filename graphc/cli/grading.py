"""`graphc grade` and `graphc watch`: what students made, checked against what the model says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..language.errors import GraphcError
from .options import Json, Out
from .output import answer, cannot

if TYPE_CHECKING:
    from grader.exercise import Exercise
    from grader.result import Grading

Name = Annotated[
    str,
    typer.Argument(metavar="EXERCISE", help="An id from `graphc exercises`, or a folder.", show_default=False),
]
Submissions = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[SUBMISSION]...",
        help="Files, folders, or a folder of folders.",
        show_default="what `graphc start` copied here",
    ),
]
Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="What `graphc start` made.")]
HERE = Path(".")
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="S", min=0, help="The same inputs again.", show_default="a secret one"),
]
Sandbox = Annotated[
    Literal["auto", "none"],
    typer.Option(help="auto: whatever isolates on this machine; none: nothing, the code can do what you can."),
]
Format = Annotated[
    Literal["table", "json", "csv", "junit", "gradescope", "html"],
    typer.Option(help="html with -o FOLDER: a page for the class and one for each student."),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, help="Submissions at a time.", show_default="one a core"),
]
LedgerFile = Annotated[
    Path | None,
    typer.Option("--ledger", metavar="FILE", help="Where the marks of a class are kept.", show_default="your own"),
]
Diff = Annotated[bool, typer.Option("--diff", help="Say which marks are others than before.")]
Retry = Annotated[
    bool, typer.Option("--retry", help="Grade again what took too long or could not be decided; the rest is known.")
]
ShardText = Annotated[
    str | None,
    typer.Option("--shard", metavar="I/N", help="Only this part of the class, for one of N machines; needs --seed."),
]
Merge = Annotated[bool, typer.Option("--merge", help="Put the --json files of all parts together.")]
NO_SANDBOX = (
    "NO SANDBOX: the submissions run as you, with your files and your network. Grade only what you have read yourself."
)


def grade(
    exercise: Name,
    submissions: Submissions = None,
    jobs: Jobs = None,
    seed: Seed = None,
    sandbox: Sandbox = "auto",
    format: Format = "table",
    ledger: LedgerFile = None,
    diff: Diff = False,
    retry: Retry = False,
    shard: ShardText = None,
    merge: Merge = False,
    json: Json = False,
    out: Out = None,
) -> int:
    """What was right, what is wrong, and where to look next.

    A submission is a .py file, a notebook, or a folder that holds one; a folder of such folders is a class. Marks of a
    class are kept as they come: the same command goes on where it ended, and grades nothing twice.

    Exit code 0: all points; 1: some were lost; 2: the exercise cannot be read; 3: no sandbox; 4: undecided.

    Example: graphc grade 02-logistic/gradients homework.py
    """
    if merge:
        from grader.classes import merge as merged

        grading = merged([Path(exercise), *(submissions or [])])
    else:
        from .grading_class import Class

        room = Class.of(exercise, submissions, seed, sandbox, shard, ledger, diff)
        grading = room.grade(jobs, again=retry)
    _report(grading, format, diff, json, out)
    return grading.exit_code


def _report(grading: Grading, format: str, diff: bool, json: bool, out: Path | None) -> None:
    """To the terminal, into a file, or, as pages, into a folder; with --json to the terminal in any case."""
    from grader.report import pieces
    from grader.report.folder import write

    form = "json" if json else format
    if out is not None:
        try:
            if format == "html" and (out.is_dir() or not out.suffix):
                write(grading, out)
            else:
                with out.open("w", encoding="utf-8") as file:
                    file.writelines(pieces(grading, form, diff))
        except OSError as error:
            raise cannot("write", out, error) from None
    if json or out is None:
        sys.stdout.writelines(pieces(grading, form, diff))


def watch(folder: Folder = HERE, sandbox: Sandbox = "auto", json: Json = False, out: Out = None) -> int:
    """Grade again whenever you save.

    Until all is right, or you press Ctrl-C.

    Example: graphc watch 02-logistic/gradients
    """
    from grader.catalogue import find
    from grader.grade import grade as grade_all
    from grader.sandbox import Workers
    from grader.table import table
    from grader.watching import changes

    last: Grading | None = None
    screen = sys.stderr if json else sys.stdout
    with Workers(layers_for(sandbox)) as workers:
        try:
            for _ in changes(folder):
                try:
                    last = grade_all(find(f"{folder.absolute()}"), [folder], fresh_seed(), workers)
                    said = table(last)
                except GraphcError as error:  # the exercise itself is being edited
                    last, said = None, f"{error}\n"
                screen.write(("\x1b[2J\x1b[H" if screen.isatty() else "") + said)
                if last is not None and last.exit_code == 0:
                    break
                screen.write("\nsave to have it graded again; Ctrl-C ends\n\n")
                screen.flush()
        except KeyboardInterrupt:
            screen.write("\n")
    if last is None:
        return 1
    if json or out is not None:
        answer(lambda: table(last), last.json, json, out)
    return last.exit_code


def layers_for(sandbox: str) -> Any:
    """What isolates here; with `none` nothing does, which is shouted."""
    from grader.sandbox import NONE, probe
    from grader.sandbox.workers import no_sandbox

    if sandbox == "none":
        sys.stderr.write(f"{NO_SANDBOX}\n")
        return NONE
    layers = probe()
    if not layers.isolates:
        raise no_sandbox(layers)
    return layers


def fresh_seed() -> int:
    from secrets import randbelow

    return randbelow(2**32)


def own_folder(name: str, exercise: Exercise, folder: Path | None) -> list[Path]:
    if folder is None:
        raise GraphcError(f"nothing is there to be graded with {exercise.id}", f"`graphc start {name}` copies it here")
    return [folder]
