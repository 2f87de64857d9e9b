"""The exercises that ship: found by id, listed, copied out, with their hints."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import graphc as gc

from .document import read as read_document
from .exercise import FILE, Exercise, read

# inside this package when installed, beside it in a checkout
FOLDERS = (Path(__file__).parent / "exercises", Path(__file__).parent.parent / "exercises")
SHOWN = ".hints"  # in a folder of a student's: how many hints have been shown


@dataclass(frozen=True)
class Entry:
    """What a list says of an exercise."""

    id: str
    title: str
    points: float
    kinds: tuple[str, ...]


def home() -> Path | None:
    """The folder with the exercises that ship."""
    return next((folder for folder in FOLDERS if folder.is_dir()), None)


def ids() -> list[str]:
    """Every exercise's id, its path below that folder, in order."""
    folder = home()
    if folder is None:
        return []
    return sorted(file.parent.relative_to(folder).as_posix() for file in folder.rglob(FILE))


def entries() -> list[Entry]:
    """All of them, without loading their models."""
    folder, found = home(), []
    for id in ids():
        assert folder is not None
        data = read_document(folder / id / FILE).data
        checks = data.get("check", ())
        points = sum(check.get("points", 0) for check in checks)
        found.append(Entry(id, str(data.get("title", "")), points, tuple(str(check.get("kind")) for check in checks)))
    return found


def find(name: str) -> Exercise:
    """The exercise that ships by this id, or the one in a folder."""
    id, folder = name.strip("/"), home()
    known = ids()
    if folder is not None and id in known and not name.startswith((".", "/")):
        return read(folder / id, id)
    if (Path(name) / FILE).is_file():
        return read(name)
    if os.path.isdir(name):
        raise gc.GraphcError(f"the folder {name} holds no {FILE}", "`graphc start ID` makes one that does")
    near = get_close_matches(name, known, n=1, cutoff=0.5) or [one for one in known if name in one.split("/")]
    raise gc.GraphcError(
        f"there is no exercise `{name}`", f"did you mean `{near[0]}`?" if near else "`graphc exercises` lists them"
    )


def folder_of(name: str, exercise: Exercise) -> Path | None:
    """Where a student works on an exercise: the folder that was named, or the one that `start` made here."""
    for folder in (Path(name), Path(exercise.id)):
        if (folder / FILE).is_file():
            return folder
    return None


def start(exercise: Exercise, folder: Path) -> list[Path]:
    """Copy the exercise into a folder that is new or empty; what was copied."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise gc.GraphcError(f"{folder} is not empty, and nothing of yours is overwritten", "name another folder")
        files = sorted(path for path in exercise.folder.iterdir() if path.is_file() and not path.name.startswith("."))
        return [Path(shutil.copyfile(file, folder / file.name)) for file in files]
    except OSError as error:
        raise gc.GraphcError(f"cannot write to {folder}: {error.strerror or error}") from None


def next_hint(exercise: Exercise, folder: Path | None) -> int:
    """Which hint is the next, from 1; in a folder it is remembered which were shown. The last comes again."""
    if folder is None:
        return 1
    file = folder / SHOWN
    try:
        shown = int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        shown = 0
    number = min(max(shown, 0) + 1, len(exercise.hints))
    try:
        file.write_text(f"{number}\n", encoding="ascii")
    except OSError as error:
        raise gc.GraphcError(f"cannot write {file}: {error.strerror or error}") from None
    return number
