"""MNIST's own files: IDX, plain or gzipped, in pairs of images and labels.

Two zero bytes, a type, a number of axes, the axes as big-endian integers, then the numbers.
"""

from __future__ import annotations

import re
import struct
from gzip import GzipFile
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .dataset import Dataset, Target
from .labels import far_out
from .mapped import PIECE
from .opening import opened, unread

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAGIC = re.compile(rb"\0\0[\x08\x09\x0b-\x0e][\x01-\x08]", re.DOTALL)
CUT_SHORT = "the download was cut short: fetch the file again"
MAPPED = 256 * 1024 * 1024


def read_idx(path: Path) -> np.ndarray:
    """The array of one file; a large one that is not gzipped stays in its file."""
    with opened(path) as stream:
        dtype, shape = _header(path, stream)
        packed = isinstance(stream, GzipFile)
        start, wanted = stream.tell(), prod(shape) * dtype.itemsize
        if not packed and wanted > MAPPED and path.stat().st_size - start == wanted:
            return np.memmap(path, dtype, "r", start, shape)
        data = _body(path, stream, wanted, shape)
    return np.frombuffer(data, dtype).reshape(shape)


def _header(path: Path, stream: BinaryIO) -> tuple[np.dtype, tuple[int, ...]]:
    magic = stream.read(4)
    if not MAGIC.match(magic):
        raise unread(
            path,
            f"this is no IDX file: it starts with {magic.hex(' ') or 'nothing'}",
            "images of bytes start with 00 00 08 03, labels with 00 00 08 01",
        )
    axes = stream.read(4 * magic[3])
    if len(axes) < 4 * magic[3]:
        raise unread(path, "the file ends within its header", CUT_SHORT)
    shape = struct.unpack(f">{magic[3]}I", axes)
    if not prod(shape):
        raise unread(path, f"the file has no numbers: its axes are {_times(shape)}")
    return np.dtype(TYPES[magic[2]]), shape


def _body(path: Path, stream: BinaryIO, wanted: int, shape: tuple[int, ...]) -> bytearray:
    """The bytes after the header: as many as it promises, and never more than there are."""
    data = bytearray()
    while len(data) < wanted and (piece := stream.read(min(PIECE, wanted - len(data)))):
        data += piece
    promised = f"{_times(shape)} numbers, which are {wanted:,} bytes"
    if len(data) < wanted:
        raise unread(path, f"the header promises {promised}, and there are {len(data):,}", CUT_SHORT)
    if stream.read(1):
        raise unread(path, f"the header promises {promised}, and there are more", "is the header of another file?")
    return data


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{extent:,}" for extent in shape)


def read_pair(images: Path, labels: Path | None, classes: int = 0) -> Dataset:
    """The images of one file with the labels of another. There are at least `classes` classes."""
    x = read_idx(images)
    if x.ndim < 2:
        raise unread(images, "this has one axis, as labels have: images have three")
    picture = x.shape[-2:] if x.ndim >= 3 else None
    inputs = {"x": x[:, None] if x.ndim == 3 else x}
    if labels is None:
        return Dataset(images.name, inputs, picture=picture)
    t = read_idx(labels)
    if t.ndim != 1 or t.dtype.kind == "f":
        raise unread(labels, f"these are no labels: {_times(t.shape)} numbers of type {t.dtype}")
    if len(t) != len(x):
        raise unread(labels, f"there are {len(t):,} labels, and {len(x):,} images in {images.name}")
    if t.min() < 0:
        raise unread(labels, f"label {t.min()} of row {int(t.argmin()) + 1:,} is out of range: classes count from 0")
    strange = far_out(t)
    if strange is not None:
        row, label, below = strange
        said = f"label {label} of row {row + 1:,} is out of range: the others are 0 to {below}"
        raise unread(labels, said, "fetch or write the file again")
    names = tuple(map(str, range(max(int(t.max()) + 1, classes))))
    return Dataset(images.name, inputs, {"t": Target(t.astype(np.int64), names)}, picture=picture)


def labels_of(images: Path) -> Path | None:
    """The file of labels that belongs to a file of images, if it is there, gzipped or not."""
    name = re.sub(r"idx\d", "idx1", re.sub("images", "labels", images.name, flags=re.IGNORECASE))
    plain = name.removesuffix(".gz")
    candidates = [images.with_name(name), images.with_name(plain), images.with_name(plain + ".gz")]
    return next((file for file in candidates if file != images and file.is_file()), None)


def read_folder(folder: Path, files: list[Path]) -> Dataset:
    """A folder with the pair to learn from and, called `t10k` or `test`, the pair held out."""
    images = [file for file in files if "images" in file.name.lower()]
    if not images:
        raise unread(folder, "there are IDX files, and none of them is called `…images…`")
    parts: dict[bool, list[Path]] = {False: [], True: []}
    for file in images:
        part = parts[re.search("t10k|test", file.name.lower()) is not None]
        if all(other.name.removesuffix(".gz") != file.name.removesuffix(".gz") for other in part):
            part.append(file)
    for several in parts.values():
        if len(several) > 1:
            raise unread(folder, f"which set is meant? There are {', '.join(file.name for file in several)}")
    learnt, tested = (_with_labels(found[0]) if found else None for found in (parts[False], parts[True]))
    if learnt is None or tested is None:
        whole = learnt or tested
        assert whole is not None
        return read_pair(*whole)
    held_out = read_pair(*tested)
    data = read_pair(*learnt, classes=len(held_out.classes))
    if len(data.classes) > len(held_out.classes):
        held_out = read_pair(*tested, classes=len(data.classes))
    return Dataset(folder.name, data.inputs, data.targets, picture=data.picture, held_out=held_out)


def _with_labels(images: Path) -> tuple[Path, Path]:
    labels = labels_of(images)
    if labels is None:
        expected = re.sub("images", "labels", images.name, flags=re.IGNORECASE)
        raise unread(images, "the labels of these images are not beside them", f"they are expected in {expected}")
    return images, labels
