"""Arrays in NumPy's own files: one in an .npy, which stays in its file, or arrays by name in an .npz or a folder.

Nothing pickled is ever loaded. Names that end in `_train` and `_test` are the part to learn from and the part held out.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
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


def map_npy(path: Path) -> np.ndarray:
    """The array of an .npy file, read from there piece by piece as it is needed."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except EOFError:
        raise unread(path, "the file ends within its header") from None
    except ValueError as error:
        raise _damaged(path, error) from None
    return numeric(array, str(path))


def _damaged(path: Path, error: ValueError) -> GraphcError:
    said = str(error)
    if "object" in said.lower() or "pickle" in said.lower():
        return unread(path, PICKLED, AS_NUMBERS)
    if "mmap length" in said or "size" in said:
        return unread(path, "the file is shorter than its header promises", "fetch or write the file again")
    return unread(path, f"this is no sound .npy file: {said}", AS_NUMBERS)


def read_npy(path: Path, target: str | None = None) -> Table | Dataset:
    """A matrix is a table, its columns not yet told apart; anything else is a lone input."""
    array = map_npy(path)
    no_gaps(array, str(path))
    if array.ndim == 2 and len(array):
        return Table(path.name, array, target=target)
    return Dataset(path.name, {"x": array})


def read_npz(path: Path) -> Dataset:
    try:
        with np.load(path, allow_pickle=False) as archive:
            names = list(archive.files)
            if not names:
                raise unread(path, "the archive has no arrays in it")
            return _parts(path.name, names, lambda name: _member(archive, name, path))
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise unread(path, f"this is no sound .npz file: {error}", "fetch or write the file again") from None


def _member(archive: Mapping[str, np.ndarray], name: str, path: Path) -> np.ndarray:
    try:
        found = archive[name]
    except ValueError as error:
        pickled = "allow_pickle" in str(error)
        why = PICKLED if pickled else f"it is no sound array: {error}"
        raise unread(path, f"`{name}`: {why}", AS_NUMBERS if pickled else None) from None
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
