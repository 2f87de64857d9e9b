"""The exercises that ship: found by id, listed, copied out."""

from __future__ import annotations

import os
from pathlib import Path

import graphc as gc

from .exercise import FILE, Exercise, read

# beside the packages in a checkout, inside this one when installed
FOLDERS = (Path(__file__).parent / "exercises", Path(__file__).parent.parent / "exercises")


def home() -> Path | None:
    """The folder with the exercises that ship."""
    return next((folder for folder in FOLDERS if folder.is_dir()), None)


def ids() -> list[str]:
    """Every exercise's id, its path below that folder, in order."""
    folder = home()
    found = [] if folder is None else folder.rglob(FILE)
    return sorted(file.parent.relative_to(folder).as_posix() for file in found if folder is not None)


def find(name: str) -> Exercise:
    """The exercise of a folder, or the one that ships by this id."""
    if (Path(name) / FILE).is_file():
        return read(name)
    folder = home()
    known = ids()
    if folder is not None and name.strip("/") in known:
        return read(folder / name.strip("/"), name.strip("/"))
    if os.path.isdir(name):
        raise gc.GraphcError(f"the folder {name} holds no {FILE}")
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else "`graphc exercises` lists them"
    raise gc.GraphcError(f"there is no exercise `{name}`", hint)
