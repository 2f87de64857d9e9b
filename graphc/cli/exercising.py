"""`graphc exercises`, `graphc start` and `graphc hint`: the way of a student to an exercise."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from textwrap import wrap
from typing import Annotated, Any

import typer

from ..language.errors import GraphcError
from .grading import Name, Sandbox, layers_for
from .options import Json, Out
from .output import answer

WIDTH = 80
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[check DIR...]", help="Check exercises of your own.", show_default="list all"),
]
Folder = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="A new folder.", show_default="one called as the exercise")
]
Number = Annotated[
    int | None,
    typer.Option("--number", "-n", metavar="K", min=1, help="The Kth hint.", show_default="the next one"),
]


def exercises(words: Words = None, sandbox: Sandbox = "auto", json: Json = False, out: Out = None) -> int:
    """The exercises and their points.

    `exercises check DIR` looks whether one can be given to students.

    Exit code 1: an exercise that was checked cannot tell right from wrong.

    Example: graphc exercises
    """
    if not words:
        answer(_list_text, _list_data, json, out)
        return 0
    if words[0] != "check" or len(words) == 1:
        raise GraphcError(f"`graphc exercises {' '.join(words)}` means nothing", "it is `graphc exercises check DIR`")
    from grader.catalogue import find
    from grader.checking import check, text
    from grader.sandbox import Workers

    found = [find(name) for name in words[1:]]
    with Workers(layers_for(sandbox)) as workers:
        reports = [check(exercise, workers) for exercise in found]
    data = {"schema": "graphc/exercises-check/1", "exercises": [report.json() for report in reports]}
    answer(lambda: "\n".join(map(text, reports)), lambda: data, json, out)
    return 0 if all(report.fit for report in reports) else 1


def start(exercise: Name, folder: Folder = None, json: Json = False, out: Out = None) -> None:
    """Copy an exercise out.

    Example: graphc start 02-logistic/gradients
    """
    from grader.catalogue import find
    from grader.catalogue import start as copy

    found = find(exercise)
    into = Path(found.id) if folder is None else folder
    files = copy(found, into)
    data = {"schema": "graphc/start/1", "exercise": found.id, "folder": str(into), "files": [f.name for f in files]}
    answer(lambda: _started(found, into), lambda: data, json, out)


def hint(exercise: Name, number: Number = None, json: Json = False, out: Out = None) -> None:
    """The next hint of an exercise.

    Where `graphc start` has copied it, it is remembered which you have seen.

    Example: graphc hint 02-logistic/gradients
    """
    from grader.catalogue import find, folder_of, next_hint

    found = find(exercise)
    count = len(found.hints)
    if not count:
        raise GraphcError(f"{found.id} has no hints", f"its task is in {found.task}")
    if number is not None and number > count:
        raise GraphcError(f"{found.id} has {count} hints, so there is no hint {number}")
    which = next_hint(found, folder_of(exercise, found)) if number is None else number
    said = found.hints[which - 1]
    data = {"schema": "graphc/hint/1", "exercise": found.id, "number": which, "of": count, "hint": said}
    answer(lambda: "\n".join([f"hint {which} of {count}", *wrap(said, WIDTH)]), lambda: data, json, out)


# -- what is said


def _list_data() -> dict[str, Any]:
    from grader.catalogue import entries

    found = [
        {"id": one.id, "title": one.title, "points": one.points, "kinds": list(dict.fromkeys(one.kinds))}
        for one in entries()
    ]
    return {"schema": "graphc/exercises/1", "exercises": found}


def _list_text() -> str:
    found = _list_data()["exercises"]
    if not found:
        return "No exercises came with this installation."
    width = max(len(one["id"]) for one in found)
    lines = []
    for one in found:
        first = f"{one['id']:{width}}  {one['points']:>3g}  "
        lines += wrap(one["title"], WIDTH, initial_indent=first, subsequent_indent=" " * len(first)) or [first]
    head = f"{'exercise':{width}}  points"
    return "\n".join([head, *lines, "", f"Next: `graphc start {found[0]['id']}`"])


def _started(exercise: Any, folder: Path) -> str:
    where = quote(str(folder))
    own = sorted(file.name for file in folder.iterdir() if file.name not in exercise.own_files)
    return "\n".join(
        [
            f"{exercise.title} is in {folder}",
            f"Read {folder / exercise.task.name}, then edit {', '.join(own)}."
            if own
            else f"Read {exercise.task.name}.",
            "",
            f"Next: `graphc grade {where}`, or `graphc watch {where}` while you work",
        ]
    )
