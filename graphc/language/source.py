"""A file as text: UTF-8, at most 16 MB, its line ends made `\\n`. Whatever is wrong with it is said in words."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .errors import GraphcError
from .expression import Source, Span

MAX_BYTES = 16 * 1024 * 1024


def read_source(path: str | os.PathLike[str]) -> Source:
    """The text of a file, ready to be parsed."""
    file = os.fspath(path)
    data = _bytes(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        hint = "save the file as UTF-8"
        raise _misread(file, before, f"byte 0x{data[error.start]:02x} is not UTF-8", hint) from None
    text = with_plain_ends(text)
    if "\0" in text:
        raise _misread(file, text[: text.index("\0")], "a NUL byte: this is no text file")
    return Source(file, text)


def with_plain_ends(text: str) -> str:
    """The text with the line ends of Windows and of old Macs made `\\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bytes(file: str) -> bytes:
    try:
        # looked at before it is opened: opening a pipe would wait for whoever writes to it
        if not stat.S_ISREG(os.stat(file).st_mode):
            kind = "a folder" if os.path.isdir(file) else "no ordinary file"
            raise _unread(file, f"this is {kind}")
        with Path(file).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else _why(error)
        raise _unread(file, why) from None
    if len(data) > MAX_BYTES:
        raise _unread(file, f"larger than {MAX_BYTES // 1024**2} MB")
    return data


def _why(error: Exception) -> str:
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def _unread(file: str, message: str) -> GraphcError:
    error = GraphcError(message)
    error.file = file
    return error


def _misread(file: str, before: str, message: str, hint: str | None = None) -> GraphcError:
    """An error just after the text `before`."""
    before = with_plain_ends(before)
    last = before.rpartition("\n")[2]
    span = Span(before.count("\n") + 1, len(last) + 1)
    return GraphcError(message, hint).at(Source(file, before), span)
