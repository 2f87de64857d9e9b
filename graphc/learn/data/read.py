"""What `--data` names: a set that graphc brings, or a file or folder, told apart by what is in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from ...language.errors import GraphcError, did_you_mean, shown
from .archives import read_npy, read_npy_folder, read_npz
from .catalogue import BY_NAME, make
from .csv_file import read_csv
from .dataset import Dataset
from .idx import MAGIC, labels_of, read_folder, read_pair
from .opening import beginning, unread
from .table import Table

Data = Dataset | Table
SETTINGS = re.compile(r"(?P<what>.+?):(?P<settings>\w+=[^,]*(?:,\w+=[^,]*)*)", re.DOTALL)

# What a file that cannot be read starts with, and what to do about it.
FOREIGN = (
    (b"\x80", "a pickle, which could run anything when it is loaded", "save the arrays with numpy.savez"),
    (b"\x89HDF", "an HDF5 file", "save the arrays with numpy.savez"),
    (b"PAR1", "a Parquet file", "save it as CSV"),
    (b"%PDF", "a PDF", None),
    (b"\x89PNG", "a PNG image", "save the images as one array with numpy.savez"),
    (b"\xff\xd8\xff", "a JPEG image", "save the images as one array with numpy.savez"),
    (b"\xff\xfe", "text in UTF-16", "save the file as UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "save the file as UTF-8"),
    (b"\x1f\x8b", "gzipped twice", "unpack it once"),
    (b"BZh", "packed with bzip2", "unpack it, or use gzip"),
    (b"\xfd7zXZ", "packed with xz", "unpack it, or use gzip"),
    (b"<!DOCTYPE", "a web page", "the download gave a page instead of the file: fetch it again"),
    (b"<html", "a web page", "the download gave a page instead of the file: fetch it again"),
)


def read(data: str | os.PathLike[str] | Data) -> Data:
    """The data of `NAME`, of `NAME:key=value,…`, of a file, or of `FILE.csv:target=COLUMN`."""
    if isinstance(data, Dataset | Table):
        return data
    what, settings = _parted(os.fspath(data))
    if what in BY_NAME:
        return make(what, **settings)
    path = Path(what)
    if not what or not os.path.exists(path):
        raise _nothing(what)
    target = settings.pop("target", None)
    if settings:
        raise GraphcError(f"`{next(iter(settings))}` cannot be set for a file", "`:target=COLUMN` can, of a table")
    found = _folder(path) if path.is_dir() else _file(path, target)
    if target is not None and not isinstance(found, Table):
        raise GraphcError(f"{what} has no columns to choose the target `{target}` from")
    return found


load_data = read  # its public name, beside `load` for models


def _parted(what: str) -> tuple[str, dict[str, str]]:
    found = SETTINGS.fullmatch(what)
    if found is None or os.path.exists(what):
        return what, {}
    return found["what"], dict(setting.split("=", 1) for setting in found["settings"].split(","))


def _nothing(what: str) -> GraphcError:
    if Path(what).suffix or Path(what).parent != Path("."):
        return unread(shown(what), "there is no such file")
    hint = did_you_mean(what, BY_NAME) or f"the sets are {', '.join(BY_NAME)}; or name a file"
    return GraphcError(f"there is no data set and no file `{shown(what)}`", hint)


def _file(path: Path, target: str | None) -> Data:
    start = beginning(path)
    for magic, reader in READERS:
        if re.match(magic, start, re.DOTALL):
            return reader(path, target)
    for magic, what, hint in FOREIGN:
        if start.startswith(magic):
            raise unread(path, f"this is {what}", hint)
    called = re.search(r"\.np[yz]$|idx\d?[-.]ubyte|\.idx\d?$", path.name.removesuffix(".gz"))
    if called is not None:
        kind = "an IDX file" if "idx" in called[0] else f"an {called[0]} file"
        raise unread(path, f"this is not {kind}: it starts with {start[:4].hex(' ')}", "fetch or write the file again")
    return read_csv(path, target)


def _idx(path: Path, _: str | None) -> Data:
    """Images with the labels beside them; alone if there are none, for predictions."""
    if "labels" in path.name.lower():
        raise unread(path, "these are labels: name the file of images, or the folder")
    return read_pair(path, labels_of(path))


def _zip(path: Path, _: str | None) -> Data:
    if path.suffix in (".xlsx", ".ods"):
        raise unread(path, "this is a spreadsheet", "save it as CSV")
    return read_npz(path)


READERS: tuple[tuple[bytes, Callable[[Path, str | None], Data]], ...] = (
    (rb"\x93NUMPY", read_npy),
    (rb"PK(\x03\x04|\x05\x06)", _zip),
    (MAGIC.pattern, _idx),
)


def _folder(folder: Path) -> Data:
    """Pairs of IDX files, or arrays in .npy files."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    if arrays := [file for file in files if file.suffix == ".npy"]:
        return read_npy_folder(folder, arrays)
    idx = [file for file in files if "idx" in file.name or file.name.endswith(("ubyte", "ubyte.gz"))]
    if idx:
        return read_folder(folder, idx)
    raise unread(folder, "the folder has neither IDX files nor .npy files in it", "or name one file of it")
