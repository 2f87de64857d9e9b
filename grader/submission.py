"""What a student handed in: a .py file, a notebook, or a folder that holds one; and a class, a folder of such folders.

Nothing here runs or trusts what it reads. What cannot be read is a submission that is refused, with the reason.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .notebook import Notebook, Unreadable
from .notebook import read as read_notebook
from .packages import imported, importer

CODE, BESIDE = (".py", ".ipynb"), (".deriv", ".net")
ANSWERS = "answers.txt"
LIMITS = {".ipynb": 16 * 1024**2}  # bytes, pictures included
LIMIT = 1024**2
DEEPEST, MANY = 6, 200_000  # folders within folders of a class; entries of a folder that are looked at
IGNORED = ("__pycache__", "__MACOSX", "node_modules")


@dataclass(frozen=True, eq=False)
class Submission:
    """`code` is Python text, `files` what lies beside it; `refused` says why there is neither."""

    id: str
    path: Path
    code: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    refused: str | None = None
    name: str = ""  # of the file that `code` is from
    notebook: Notebook | None = None

    def place(self, line: int) -> str:
        """`line 12`, or `cell 3, line 2`."""
        return f"line {line}" if self.notebook is None else self.notebook.place(line)

    @property
    def listing(self) -> str:
        """The Python as the student wrote it."""
        return self.code if self.notebook is None else self.notebook.listing()


class Refused(Exception):
    """Why something cannot be graded."""


@dataclass(frozen=True)
class Found:
    """A submission's place: a file, or a folder with the files in it that count."""

    path: Path
    files: tuple[Path, ...]
    refused: str | None = None

    @property
    def bare(self) -> Path:
        """The path without the ending of a file."""
        known = self.path.suffix in (*CODE, *BESIDE) or self.path.name == ANSWERS
        return self.path.with_suffix("") if known and not self.path.is_dir() else self.path


def find(paths: Sequence[Path | str], own: Mapping[str, bytes] | None = None) -> list[tuple[str, Found]]:
    """All submissions below the paths with their ids, in order; nothing is read yet.

    `own` are the exercise's files: a copy of one, unchanged, is no answer.
    """
    found: dict[Path, Found] = {}
    for path in paths:
        for one in _at(Path(os.path.abspath(path)), own or {}):
            found.setdefault(one.path, one)
    return list(zip(_ids(list(found.values())), found.values(), strict=True))


def read(id: str, found: Found) -> Submission:
    """The submission itself. What cannot be read becomes one that is refused."""
    if found.refused is not None:
        return Submission(id, found.path, refused=found.refused)
    try:
        return _read(id, found)
    except (Refused, Unreadable) as error:
        return Submission(id, found.path, refused=str(error))


def _read(id: str, found: Found) -> Submission:
    files = {path.name: _bytes(path) for path in found.files}
    notebooks = {name: read_notebook(data) for name, data in files.items() if name.endswith(".ipynb")}
    codes = {name: _text(data, name) for name, data in files.items() if name.endswith(".py")}
    codes |= {name: notebook.listing() for name, notebook in notebooks.items()}
    name = _counted(codes)
    notebook, code = notebooks.get(name), codes.get(name, "")
    beside = {other: data for other, data in files.items() if other != name}
    if code and found.path.is_dir():
        beside |= {path.relative_to(found.path).as_posix(): _bytes(path) for path in imported(code, found.path)}
    return Submission(id, found.path, notebook.program() if notebook else code, beside, None, name, notebook)


def _counted(codes: Mapping[str, str]) -> str:
    """The file that is the answer: there is one, or the others are what it imports."""
    if len(codes) < 2:
        return next(iter(codes), "")
    name = None if sum(other.endswith(".ipynb") for other in codes) > 1 else importer(codes)
    if name is None:
        said = f"there are {len(codes)} Python files, {', '.join(list(codes)[:3])}: which of them counts?"
        raise Refused(f"{said} One that imports the others would; those of different students are named one by one")
    return name


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not UTF-8: byte 0x{data[error.start]:02x} at {error.start}") from None


def _bytes(path: Path) -> bytes:
    """An ordinary file, read no further than its limit."""
    limit = LIMITS.get(path.suffix, LIMIT)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused(f"{path.name} is no ordinary file")
            data = stream.read(limit + 1)
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror or error}") from None
    if len(data) > limit:
        raise Refused(f"{path.name} is larger than {limit // 1024**2} MB")
    return data


# -- where they are


def _at(path: Path, own: Mapping[str, bytes]) -> Iterable[Found]:
    if not os.path.lexists(path):
        return [Found(path, (), "there is no such file or folder")]
    if path.is_dir():
        return _in_folder(path, path.resolve(), own, DEEPEST) or [Found(path, (), "the folder is empty")]
    if path.suffix in (*CODE, *BESIDE) or path.name == ANSWERS:
        return [Found(path, (path,))]
    return [Found(path, (), "this is no .py file, no notebook and no folder")]


def _in_folder(folder: Path, root: Path, own: Mapping[str, bytes], depth: int) -> list[Found]:
    """The submission that a folder is, or those in its folders."""
    try:
        entries = _entries(folder)
        out = next((entry.name for entry in entries if not Path(entry.path).resolve().is_relative_to(root)), None)
    except (OSError, RuntimeError) as error:
        return [Found(folder, (), f"the folder cannot be read: {getattr(error, 'strerror', None) or error}")]
    files = [Path(entry.path) for entry in entries if not _is_folder(entry)]
    counted = [file for file in files if _counts(file) and not _same(file, own)]
    if counted:
        return [_one(folder, counted, out)]
    inside = [Path(entry.path) for entry in entries if _is_folder(entry) and entry.name not in IGNORED]
    found: list[Found] = []
    for child in inside:
        if not child.resolve().is_relative_to(root):
            found.append(Found(child, (), "this is a link out of the folder"))
        elif depth:
            found += _in_folder(child, child.resolve(), own, depth - 1) or [Found(child, (), "the folder is empty")]
    if out is not None and not found:
        return [Found(folder, (), f"{out} is a link out of the folder")]
    return found


def _one(folder: Path, files: Sequence[Path], out: str | None) -> Found:
    """A folder that holds a submission, if that is one and nothing of it lies elsewhere."""
    if out is not None:
        return Found(folder, (), f"{out} is a link out of the folder")
    for ending, said in ((".deriv", "derivations"), (".net", "nets")):
        names = [file.name for file in files if file.suffix == ending]
        if len(names) > 1:
            return Found(folder, (), f"there are {len(names)} {said}, {', '.join(names[:3])}: which of them counts?")
    return Found(folder, tuple(files))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as scan:
        found = [entry for entry, _ in zip(scan, range(MANY), strict=False) if not entry.name.startswith(".")]
    return sorted(found, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _counts(file: Path) -> bool:
    return file.suffix in (*CODE, *BESIDE) or file.name == ANSWERS


def _same(file: Path, own: Mapping[str, bytes]) -> bool:
    """Whether a file is the exercise's own, as it was handed out."""
    if file.name not in own:
        return False
    try:
        return _bytes(file) == own[file.name]
    except Refused:
        return False


def _ids(found: Sequence[Found]) -> list[str]:
    """Paths below the folder that all share, without endings; where two would be one, with them."""
    if not found:
        return []
    shared = os.path.commonpath([one.path.parent for one in found])
    bare = [os.path.relpath(one.bare, shared) for one in found]
    often = Counter(bare)
    pairs = zip(bare, found, strict=True)
    ids = [name if often[name] == 1 else os.path.relpath(one.path, shared) for name, one in pairs]
    return [os.fsencode(name).decode("utf-8", "backslashreplace") for name in ids]
