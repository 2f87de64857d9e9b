"""A file of data opened, plain or gzipped, and whatever is wrong with it on the way said in words."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ...language.errors import GraphcError

GZIP = b"\x1f\x8b"


def unread(file: Path | str, message: str, hint: str | None = None) -> GraphcError:
    """An error about a whole file."""
    error = GraphcError(message, hint)
    error.file = str(file)
    return error


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked where they are gzipped."""
    try:
        # looked at before it is opened: opening a pipe would wait for whoever writes to it
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            raise unread(path, "this is a folder" if stat.S_ISDIR(mode) else "this is no ordinary file")
        with path.open("rb") as stream:
            packed = stream.read(2) == GZIP
            stream.seek(0)
            yield cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if packed else stream
    except EOFError:
        raise unread(path, "the gzip data end too early", "the download was cut short: fetch the file again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise unread(path, f"the gzip data are damaged: {error}", "fetch the file again") from None
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        why = "there is no such file" if missing else f"cannot be read: {error.strerror or error}"
        raise unread(path, why) from None


def beginning(path: Path, count: int = 512) -> bytes:
    """The first bytes, unpacked."""
    with opened(path) as stream:
        found = stream.read(count)
    if not found:
        raise unread(path, "the file is empty")
    return found
