"""Arrays in NumPy's own files: one in an .npy, which stays in its file, or arrays by name in an .npz or a folder.

Nothing pickled is ever loaded. Names that end in `_train` and `_test` are the part to learn from and the part held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ...language.errors import GraphcError
from ...language.names import normalised
from .checks import no_gaps, numeric
from .dataset import Dataset
from .matching import TARGET_NAMES
from .opening import unread
from .table import Table

PICKLED = "it holds Python objects, which would have to be unpickled"
AS_NUMBERS = "save an array of numbers, with numpy.save or numpy.savez"

# What is known of an error by its words: what to say instead, and what to do.
TOLD = (
    ("allow_pickle", PICKLED, AS_NUMBERS),
    ("Python objects", PICKLED, AS_NUMBERS),
    ("mmap length", "the file is shorter than its header promises", "fetch or write the file again"),
)


def map_npy(path: Path) -> np.ndarray:
    """The array of an .npy file, read from there piece by piece as it is needed."""
    with _sound(path):
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    return numeric(array, str(path))


@contextmanager
def _sound(path: Path, member: str = "") -> Iterator[None]:
    """Whatever NumPy and zipfile make of a damaged file, they make with some exception of their own choice."""
    try:
        yield
    except GraphcError:
        raise
    except Exception as error:
        said = str(error) or type(error).__name__
        kind = f"{path.suffix} file" if path.suffix in (".npy", ".npz") else "file of arrays"
        unknown = (f"this is no sound {kind}: {said}", AS_NUMBERS)
        what, hint = next((told for mark, *told in TOLD if mark in said), unknown)
        raise unread(path, member + what, hint) from None


def read_npy(path: Path, target: str | None = None) -> Table | Dataset:
    """A matrix is a table, its columns not yet told apart; anything else is a lone input."""
    array = map_npy(path)
    no_gaps(array, str(path))
    if array.ndim == 2 and len(array):
        return Table(path.name, array, target=target)
    return Dataset(path.name, {"x": array})


def read_npz(path: Path) -> Dataset:
    with _sound(path), np.load(path, allow_pickle=False) as archive:
        arrays = {name: _member(archive, name, path) for name in archive.files}
    if not arrays:
        raise unread(path, "the archive has no arrays in it")
    return _parts(path.name, list(arrays), arrays.__getitem__)


def _member(archive: Mapping[str, np.ndarray], name: str, path: Path) -> np.ndarray:
    with _sound(path, f"`{name}`: "):
        found = archive[name]
    if not isinstance(found, np.ndarray):
        raise unread(path, f"`{name}` in it is no array", "an .npz file holds arrays, written with numpy.savez")
    return found


def read_npy_folder(folder: Path, files: list[Path]) -> Dataset:
    """`x.npy` and `t.npy` beside each other, say; they stay in their files."""
    return _parts(folder.name, [file.stem for file in files], lambda name: map_npy(folder / f"{name}.npy"))


def _parts(data: str, names: list[str], read: Callable[[str], np.ndarray]) -> Dataset:
    """The set that some arrays make, and the one held out where there are arrays for it."""
    train: dict[str, str] = {}
    test: dict[str, str] = {}
    plain: dict[str, str] = {}
    for name in names:
        end = next((end for end in ("_train", "_test") if name.endswith(end)), "")
        part = {"_train": train, "_test": test, "": plain}[end]
        part[normalised(name.removesuffix(end))] = name
    learnt = train | plain if train else plain or test
    held_out = _dataset(data, test, read) if test and train else None
    found = _dataset(data, learnt, read)
    return Dataset(data, found.inputs, found.targets, held_out=held_out)


def _dataset(data: str, names: Mapping[str, str], read: Callable[[str], np.ndarray]) -> Dataset:
    """Arrays by name; those called as targets mostly are, are targets."""
    arrays = {key: read(name) for key, name in names.items()}
    wanted = {key for key in arrays if key.lower() in TARGET_NAMES}
    wanted = wanted if len(wanted) < len(arrays) else set()
    return Dataset.of(
        {key: array for key, array in arrays.items() if key not in wanted},
        {key: arrays[key] for key in arrays if key in wanted},
        data,
    )
