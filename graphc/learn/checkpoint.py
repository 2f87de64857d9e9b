"""Several files that change together: whatever happens, and whenever, the folder holds one whole version of them.

Each file is first written beside its old version, as `NAME.new`, and brought to the disk. Then the manifest, which has
the checksum of every file, is replaced: from that moment on the new version counts, and what is left of it is renamed.
Read, a file is what the manifest says, under either name; one that is not is damaged, and is named.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language.errors import GraphcError

if TYPE_CHECKING:
    import numpy as np

MANIFEST, LOCK = "manifest.json", ".lock"
SCHEMA = "graphc/manifest/1"
PATIENCE = 10.0  # seconds of a reader, while somebody writes one version after the other


class Files:
    """The files of one folder, to be written together. A version that was left half renamed is finished first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        made(folder)
        self._known = listed(folder) if (folder / MANIFEST).exists() else {}
        for name, entry in self._known.items():
            if not _is(folder / name, entry) and _is(_new(folder, name), entry):
                os.replace(_new(folder, name), folder / name)

    def write(self, files: Mapping[str, bytes]) -> None:
        """These files anew; the others stay. Those that have not changed are not written."""
        entries = {name: _entry(content) for name, content in files.items()}
        changed = {name for name, entry in entries.items() if entry != self._known.get(name)}
        if not changed:
            return
        foreign = next((name for name in sorted(changed - self._known.keys()) if (self.folder / name).exists()), None)
        if foreign is not None:
            raise GraphcError(f"{self.folder} has a {foreign} that no run has written", "name another folder")
        try:
            self._write(files, changed, self._known | entries)
        except OSError as error:
            raise GraphcError(f"cannot write the run in {self.folder}: {error.strerror or error}") from None

    def _write(self, files: Mapping[str, bytes], changed: set[str], entries: dict[str, dict[str, Any]]) -> None:
        for name in changed:
            _write(_new(self.folder, name), files[name])
        _write(_new(self.folder, MANIFEST), _manifest(entries))
        _to_disk(self.folder)
        os.replace(_new(self.folder, MANIFEST), self.folder / MANIFEST)
        _to_disk(self.folder)
        for name in changed:
            os.replace(_new(self.folder, name), self.folder / name)
        _to_disk(self.folder)
        self._known = entries


def made(folder: Path) -> None:
    """The folder is there, or is made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraphcError(f"cannot make the folder {folder}: {error.strerror or error}") from None


def exists(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def read_files(folder: Path) -> dict[str, bytes]:
    """All files of one version, each as it was written; one that is damaged or missing is named."""
    if not exists(folder):
        raise GraphcError(f"{folder} holds no run: it has no {MANIFEST}", "`graphc train … --out RUN` makes one")
    until = time.monotonic() + PATIENCE
    while True:
        entries = listed(folder)
        try:
            return {name: _content(folder, name, entry) for name, entry in entries.items()}
        except GraphcError:
            if time.monotonic() > until or listed(folder) == entries:
                raise  # nobody has written in the meantime


def _content(folder: Path, name: str, entry: Mapping[str, Any]) -> bytes:
    found = None
    # Once more under its own name: between the first two looks a writer may have given it that.
    for file in (folder / name, _new(folder, name), folder / name):
        with contextlib.suppress(OSError):
            content = file.read_bytes()
            if _entry(content) == entry:
                return content
            found = content if file.name == name else found
    if found is None:
        raise _damaged(folder / name, "it is missing")
    if len(found) < entry["bytes"]:
        raise _damaged(folder / name, f"it ends after {len(found):,} of {entry['bytes']:,} bytes")
    raise _damaged(folder / name, f"its checksum is not the one in {MANIFEST}")


def _damaged(file: Path, why: str) -> GraphcError:
    return GraphcError(f"{file} is damaged: {why}", "bring back a copy of the folder, or train again")


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """What the manifest says of each file."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        files = found["files"]
        sound = found["schema"] == SCHEMA and found["sha256"] == _digest(_canonical(files))
        if sound and all(Path(name).name == name for name in files):  # nothing outside the folder is looked at
            return files
    except OSError as error:
        raise GraphcError(f"cannot read {folder / MANIFEST}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _damaged(folder / MANIFEST, "it is no manifest of a run") from None
    raise _damaged(folder / MANIFEST, "its own checksum is wrong")


def _manifest(files: Mapping[str, Any]) -> bytes:
    whole = {"schema": SCHEMA, "files": files, "sha256": _digest(_canonical(files))}
    return (json.dumps(whole, indent=1, sort_keys=True) + "\n").encode()


def _canonical(files: Mapping[str, Any]) -> bytes:
    return json.dumps(files, sort_keys=True).encode()


def _entry(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": _digest(content)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is(file: Path, entry: Mapping[str, Any]) -> bool:
    return file.is_file() and _entry(file.read_bytes()) == entry


def _new(folder: Path, name: str) -> Path:
    return folder / f"{name}.new"


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _to_disk(folder: Path) -> None:
    """The names in a folder; some systems have no such thing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else trains in this folder; the system forgets the lock of a process that is gone."""
    try:
        import fcntl
    except ImportError:  # where there is no such lock
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GraphcError(f"another process trains in {folder}", "wait for it, or name another folder") from None
        yield


def write_whole(file: Path, content: bytes) -> None:
    """One file; it takes the place of an older one at once."""
    try:
        _write(_new(file.parent, file.name), content)
        os.replace(_new(file.parent, file.name), file)
        _to_disk(file.parent)
    except OSError as error:
        raise GraphcError(f"cannot write {file}: {error.strerror or error}") from None


# -- arrays by name


def as_safetensors(arrays: Mapping[str, np.ndarray]) -> bytes:
    from safetensors.numpy import save

    return save({name: array.copy(order="C") for name, array in arrays.items()})


def write_arrays(file: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Arrays in one file, by its ending; it takes the place of an older one at once."""
    content = io.BytesIO()
    if file.suffix == ".npz":
        import numpy as np

        np.savez(content, allow_pickle=False, **arrays)
    else:
        content.write(as_safetensors(arrays))
    write_whole(file, content.getvalue())


def from_safetensors(content: bytes, what: str) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return {name: array.copy() for name, array in load(content).items()}
    except SafetensorError as error:
        raise GraphcError(f"{what} holds no arrays: {error}") from None
