"""A message on a pipe: four bytes of length, a JSON header, the raw bytes of its arrays. Read strictly, by both sides.

Nothing that is read is run: no pickle, no eval. What the header promises (dtypes, shapes, sizes) is checked before a
byte of an array is kept, so that a sender who lies costs its reader nothing. Standard library and NumPy only: the
worker imports this too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

DTYPES = (
    "bool",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
MAX_HEADER = 1 << 16
MAX_ARRAYS = 64
MAX_DIMENSIONS = 32
MAX_BYTES = 1 << 26
MAX_DEPTH = 8
LENGTH = 4

Message = tuple[dict[str, Any], list[np.ndarray]]


class WireError(Exception):
    """What came is no message."""


def encode(header: dict[str, Any], arrays: Sequence[np.ndarray] = ()) -> bytes:
    """The bytes of a message; `header` is plain JSON and says nothing of the arrays itself."""
    plain = [little_endian(array) for array in arrays]
    described = [{"dtype": array.dtype.name, "shape": list(array.shape)} for array in plain]
    text = json.dumps({**header, "arrays": described}, allow_nan=False).encode()
    message = b"".join([len(text).to_bytes(LENGTH, "little"), text, *(array.tobytes() for array in plain)])
    if len(text) > MAX_HEADER or len(plain) > MAX_ARRAYS or len(message) - len(text) - LENGTH > MAX_BYTES:
        raise WireError("the message is too large to send")
    return message


def little_endian(array: np.ndarray) -> np.ndarray:
    """The array in the pipe's order of bytes, or a WireError where its elements are no plain numbers."""
    if array.dtype.name not in DTYPES:
        raise WireError(f"arrays of {array.dtype.name} do not travel")
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"))


class Decoder:
    """Takes bytes as they come and gives each message once it is whole: `for header, arrays in decoder.feed(data)`."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._header: dict[str, Any] | None = None
        self._shapes: list[tuple[np.dtype, tuple[int, ...]]] = []
        self._needed = LENGTH

    @property
    def inside(self) -> bool:
        """Whether a message has begun that has not ended."""
        return bool(self._waiting) or self._header is not None

    def feed(self, data: bytes) -> list[Message]:
        """The messages that end within these bytes."""
        self._waiting += data
        ended: list[Message] = []
        while (message := self._next()) is not None:
            ended.append(message)
        return ended

    def _next(self) -> Message | None:
        if self._header is None and not self._read_header():
            return None
        size = sum(_bytes_of(dtype, shape) for dtype, shape in self._shapes)
        if self._header is None or len(self._waiting) < size:
            return None
        arrays = []
        for dtype, shape in self._shapes:
            array = np.frombuffer(self._take(_bytes_of(dtype, shape)), dtype=dtype).reshape(shape)
            arrays.append(array.astype(dtype.newbyteorder("="), copy=False))
        header, self._header, self._shapes = self._header, None, []
        return header, arrays

    def _read_header(self) -> bool:
        if len(self._waiting) < LENGTH:
            return False
        length = int.from_bytes(self._waiting[:LENGTH], "little")
        if not 2 <= length <= MAX_HEADER:
            raise WireError("the header's length is out of bounds")
        if len(self._waiting) < LENGTH + length:
            return False
        self._take(LENGTH)
        header = _parsed(bytes(self._take(length)))
        self._shapes = _described(header.pop("arrays", None))
        self._header = header
        return True

    def _take(self, count: int) -> bytearray:
        taken = self._waiting[:count]
        del self._waiting[:count]
        return taken


def _parsed(text: bytes) -> dict[str, Any]:
    """The header; JSON as the standard has it: no NaN, no key twice, no deep nest."""
    if max(text.count(b"["), text.count(b"{")) > 4 * MAX_ARRAYS + MAX_DEPTH:
        raise WireError("the header nests too much")
    try:
        header = json.loads(text.decode(), parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise WireError("the header is no JSON") from wrong
    if not isinstance(header, dict) or _depth(header) > MAX_DEPTH:
        raise WireError("the header is no flat object")
    return header


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def _described(arrays: object) -> list[tuple[np.dtype, tuple[int, ...]]]:
    if not isinstance(arrays, list) or len(arrays) > MAX_ARRAYS:
        raise WireError("the header's arrays are no short list")
    found = [_one_described(entry) for entry in arrays]
    if sum(_bytes_of(dtype, shape) for dtype, shape in found) > MAX_BYTES:
        raise WireError("the arrays are too large")
    return found


def _one_described(entry: object) -> tuple[np.dtype, tuple[int, ...]]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape"}:
        raise WireError("an array has a dtype and a shape")
    dtype, shape = entry["dtype"], entry["shape"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise WireError("no such dtype travels")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not all(type(n) is int for n in shape):
        raise WireError("a shape is a short list of integers")
    # zeros let any other extent pass as no bytes at all; NumPy itself refuses such extents
    if not all(0 <= extent <= MAX_BYTES for extent in shape) or math.prod(max(n, 1) for n in shape) > MAX_BYTES:
        raise WireError("an extent is out of bounds")
    return np.dtype(dtype).newbyteorder("<"), tuple(shape)


def _bytes_of(dtype: np.dtype, shape: tuple[int, ...]) -> int:
    return dtype.itemsize * math.prod(shape)
